// A sheet in memory for the add-on's logic: it can be sorted, inserted into and copied the way people do it.

import { createHash, createHmac } from 'node:crypto';
import type { Cell, HttpAnswer, HttpPort, SheetPort, TabPort } from '../../addon/ports.ts';
import type { Sender } from '../../addon/tabs/rows-waiting.ts';

export type MemoryTab = {
  readonly port: TabPort;
  /** Row 1 is the header; cells that were never written are ''. */
  readonly rows: Cell[][];
  readonly notes: string[][];
  readonly tags: Map<string, number>;
  readonly hidden: Set<number>;
};

export type MemorySheet = {
  readonly port: SheetPort;
  readonly tabs: Map<string, MemoryTab>;
  /** Runs once, the next time the add-on lets go of the lock or flushes: a person works at the same moment. */
  readonly meanwhile: (act: () => void) => void;
};

const ROWS = 1_000;
const COLUMNS = 26;

export function createMemorySheet(): MemorySheet {
  const tabs = new Map<string, MemoryTab>();
  let ids = 0;
  let acts: (() => void)[] = [];
  let locked = false;
  const port: SheetPort = {
    tab: (name) => tabs.get(name)?.port ?? null,
    addTab: (name) => {
      const tab = createTab(name);
      tab.port.tagAs(name);
      tabs.set(name, tab);
      return tab.port;
    },
    flush: () => {},
    alone: (work) => {
      if (locked) throw new Error('The document lock is held twice.');
      locked = true;
      const result = work();
      locked = false;
      for (const act of acts.splice(0)) act();
      return result;
    },
    newId: () => `id${++ids}`,
  };
  return {
    port,
    tabs,
    meanwhile: (act) => {
      acts = [...acts, act];
    },
  };
}

function createTab(name: string): MemoryTab {
  const rows: Cell[][] = Array.from({ length: ROWS }, () => Array<Cell>(COLUMNS).fill(''));
  const notes: string[][] = Array.from({ length: ROWS }, () => Array<string>(COLUMNS).fill(''));
  const tags = new Map<string, number>();
  const hidden = new Set<number>();
  let tabTag: string | null = null;
  const block = <Value>(grid: Value[][], row: number, column: number, height: number, width: number) =>
    grid.slice(row - 1, row - 1 + height).map((line) => line.slice(column - 1, column - 1 + width));
  const put = <Value>(
    grid: Value[][],
    row: number,
    column: number,
    values: readonly (readonly Value[])[],
  ) => {
    values.forEach((line, down) => {
      const target = grid[row - 1 + down];
      if (target === undefined) throw new Error('The coordinates of the range are outside the dimensions.');
      line.forEach((value, right) => {
        target[column - 1 + right] = value;
      });
    });
  };
  const port: TabPort = {
    name,
    tag: () => tabTag,
    tagAs: (tag) => {
      tabTag = tag;
    },
    giveUpName: () => {
      throw new Error('This sheet has no tabs of the shop.');
    },
    lastRow: () => rows.findLastIndex((line) => line.some((cell) => cell !== '')) + 1,
    rowCount: () => rows.length,
    columnCount: () => rows[0]?.length ?? 0,
    addColumns: (count) => {
      for (const line of rows) line.push(...Array<Cell>(count).fill(''));
      for (const line of notes) line.push(...Array<string>(count).fill(''));
    },
    addTopRow: () => {
      rows.unshift(Array<Cell>(rows[0]?.length ?? 0).fill(''));
      notes.unshift(Array<string>(notes[0]?.length ?? 0).fill(''));
    },
    read: (row, column, height, width) => block(rows, row, column, height, width),
    write: (row, column, values) => put(rows, row, column, values),
    untick: (column, runs) => {
      for (const row of runs.flat()) put(rows, row, column, [[false]]);
    },
    readNotes: (row, column, height, width) => block(notes, row, column, height, width),
    writeNotes: (row, column, values) => put(notes, row, column, values),
    merges: () => [],
    unmerge: () => {},
    taggedColumns: () => new Map(tags),
    tagColumn: (column, key) => void tags.set(key, column),
    hideColumn: (column) => void hidden.add(column),
    freezeHeader: () => {},
    setFormat: () => {},
    setRule: () => {},
    protectColumns: () => {},
    colourStates: () => {},
    setColumnWidth: () => {},
  };
  return { port, rows, notes, tags, hidden };
}

/** Mia, whose rows the sheet sends again. */
export const MEMORY_SENDER: Sender = {
  person: 'mia@shop.example',
  seal: (text) => createHmac('sha256', 'a secret of Mia').update(text).digest('hex'),
  sendsAgain: () => true,
};

export type Exchange = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  body: string;
};

/** Answers every request with `answer`; keeps what was asked. */
export function createMemoryHttp(answer: (request: Exchange) => HttpAnswer): {
  readonly port: HttpPort;
  readonly requests: Exchange[];
} {
  const requests: Exchange[] = [];
  let nonces = 0;
  const port: HttpPort = {
    fetch: ({ url, headers, body }) => {
      const request = { url, headers, body: body ?? '' };
      requests.push(request);
      return answer(request);
    },
    hmacSha256Hex: (text, secret) => createHmac('sha256', secret).update(text, 'utf8').digest('hex'),
    sha256Hex: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    identityToken: () => 'token-of-mia',
    newNonce: () => `nonce-${++nonces}`,
    nowMs: () => 1_700_000_000_000,
  };
  return { port, requests };
}

export const jsonAnswer = (status: number, body: unknown): HttpAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  text: JSON.stringify(body),
});
