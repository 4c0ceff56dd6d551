// A workbook in memory, for tests of the script host and the page that need no database.

import type { Block, ScriptCell, ScriptRule, ScriptWorkbook } from '../../server/workbook/host/calls.ts';
import type { PageEdit, PageTab, PageWorkbook } from '../../server/workbook/page-api.ts';

type Column = {
  tag: string | null;
  hidden: boolean;
  widthPx: number;
  rule: ScriptRule | null;
  format: string;
};
type Tab = {
  readonly id: number;
  readonly name: string;
  readonly editable: boolean;
  cells: ScriptCell[][];
  notes: string[][];
  columns: Column[];
};

export type MemoryWorkbook = {
  readonly script: ScriptWorkbook;
  readonly page: PageWorkbook;
  readonly addServerTab: (name: string, rows: readonly (readonly ScriptCell[])[]) => void;
};

export function createMemoryWorkbook(): MemoryWorkbook {
  const tabs: Tab[] = [];
  const listeners = new Set<(change: { tabId: number | null }) => void>();
  const changed = (tabId: number | null) => {
    for (const listener of listeners) listener({ tabId });
  };
  const tab = (id: number): Tab => {
    const found = tabs.find((one) => one.id === id);
    if (found === undefined) throw new Error(`Sheet ${id} not found`);
    return found;
  };
  const add = (name: string, editable: boolean, height = 1_000, width = 26): Tab => {
    const made = { id: tabs.length + 1, name, editable, ...emptyGrid(height, width) };
    tabs.push(made);
    changed(null);
    return made;
  };
  const addServerTab: MemoryWorkbook['addServerTab'] = (name, rows) => {
    const made = add(name, false, rows.length, rows[0]?.length ?? 1);
    made.cells = rows.map((line) => [...line]);
  };
  return {
    script: scriptSide(tabs, tab, add, changed),
    page: pageSide(tabs, tab, changed, listeners),
    addServerTab,
  };
}

function emptyGrid(height: number, width: number) {
  return {
    cells: Array.from({ length: height }, () => Array<ScriptCell>(width).fill('')),
    notes: Array.from({ length: height }, () => Array<string>(width).fill('')),
    columns: Array.from(
      { length: width },
      (): Column => ({ tag: null, hidden: false, widthPx: 100, rule: null, format: '' }),
    ),
  };
}

function scriptSide(
  tabs: readonly Tab[],
  tab: (id: number) => Tab,
  add: (name: string, editable: boolean) => Tab,
  changed: (tabId: number) => void,
): ScriptWorkbook {
  const view = (one: Tab) => ({
    id: one.id,
    name: one.name,
    rows: one.cells.length,
    columns: one.columns.length,
  });
  const cut = <Value>(grid: Value[][], { row, column, rows, columns }: Block) =>
    grid.slice(row - 1, row - 1 + rows).map((line) => line.slice(column - 1, column - 1 + columns));
  const put = <Value>(grid: Value[][], { row, column }: Block, values: readonly (readonly Value[])[]) =>
    values.forEach((line, down) => {
      line.forEach((value, right) => {
        (grid[row - 1 + down] ?? [])[column - 1 + right] = value;
      });
    });
  const onColumns = (tabId: number, first: number, count: number, act: (column: Column) => void) => {
    tab(tabId)
      .columns.slice(first - 1, first - 1 + count)
      .forEach(act);
    changed(tabId);
    return Promise.resolve();
  };
  return {
    id: () => 'memory',
    tabs: async () => tabs.map(view),
    addTab: async (name) => {
      if (tabs.some((one) => one.name === name)) {
        throw new Error(`A sheet with the name "${name}" already exists. Please enter another name.`);
      }
      return view(add(name, true));
    },
    extent: async (tabId) => {
      const { cells } = tab(tabId);
      const row = cells.findLastIndex((line) => line.some((cell) => cell !== '')) + 1;
      const column = Math.max(...cells.map((line) => line.findLastIndex((cell) => cell !== ''))) + 1;
      return { row, column };
    },
    insertRows: async () => {},
    insertColumns: async () => {},
    read: async (block) => cut(tab(block.tabId).cells, block),
    write: async (block, values) => {
      const plain = (cell: ScriptCell) =>
        typeof cell === 'string' && cell.startsWith("'") ? cell.slice(1) : cell;
      put(
        tab(block.tabId).cells,
        block,
        values.map((line) => line.map(plain)),
      );
      changed(block.tabId);
    },
    readNotes: async (block) => cut(tab(block.tabId).notes, block),
    writeNotes: async (block, notes) => {
      put(tab(block.tabId).notes, block, notes);
      changed(block.tabId);
    },
    setFormat: ({ tabId, column, columns }, format) =>
      onColumns(tabId, column, columns, (one) => {
        one.format = format;
      }),
    setRule: ({ tabId, column, columns }, rule) =>
      onColumns(tabId, column, columns, (one) => {
        one.rule = rule;
      }),
    columnTags: async (tabId) =>
      tab(tabId).columns.flatMap(({ tag }, index) => (tag === null ? [] : [{ key: tag, column: index + 1 }])),
    tagColumn: (tabId, column, key) =>
      onColumns(tabId, column, 1, (one) => {
        one.tag = key;
      }),
    hideColumns: (tabId, column, count) =>
      onColumns(tabId, column, count, (one) => {
        one.hidden = true;
      }),
    freezeRows: async () => {},
    setColumnWidth: (tabId, column, widthPx) =>
      onColumns(tabId, column, 1, (one) => {
        one.widthPx = widthPx;
      }),
  };
}

const FILLED_IN = ['col.status', 'col.message', 'col.rowId'];

function pageSide(
  tabs: readonly Tab[],
  tab: (id: number) => Tab,
  changed: (tabId: number) => void,
  listeners: Set<(change: { tabId: number | null }) => void>,
): PageWorkbook {
  const view = (one: Tab): PageTab => ({
    id: one.id,
    name: one.name,
    rows: one.cells.length,
    frozenRows: 1,
    editable: one.editable,
    columns: one.columns.map((column, index) => ({
      column: index + 1,
      key: column.tag?.replace(/^col\./, '') ?? null,
      widthPx: column.widthPx,
      hidden: column.hidden,
      editable: one.editable && !FILLED_IN.includes(column.tag ?? ''),
      rule: column.rule,
    })),
  });
  return {
    name: 'Stock (in memory)',
    tabs: async () => tabs.map(view),
    rows: async (tabId, from, count) => {
      const one = tab(tabId);
      const rows = one.cells.slice(from - 1, from - 1 + count).map((cells, index) => ({
        row: from + index,
        cells,
        notes: Object.fromEntries(
          (one.notes[from - 1 + index] ?? []).flatMap((note, column) =>
            note === '' ? [] : [[column + 1, note]],
          ),
        ),
      }));
      return { tab: view(one), rows };
    },
    edit: async (tabId, edit) => {
      const one = tab(tabId);
      if (!one.editable) return { ok: false, message: 'You are trying to edit a protected cell or object.' };
      applyEdit(one, edit);
      changed(tabId);
      return { ok: true };
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function applyEdit(tab: Tab, edit: PageEdit): void {
  if (edit.kind === 'insertRow') {
    tab.cells.splice(edit.afterRow, 0, Array(tab.columns.length).fill(''));
    tab.notes.splice(edit.afterRow, 0, Array(tab.columns.length).fill(''));
  } else if (edit.kind === 'deleteRows') {
    tab.cells.splice(edit.row - 1, edit.count);
    tab.notes.splice(edit.row - 1, edit.count);
  } else {
    edit.values.forEach((line, down) => {
      line.forEach((value, right) => {
        const isText = tab.columns[edit.column - 1 + right]?.format === '@';
        (tab.cells[edit.row - 1 + down] ?? [])[edit.column - 1 + right] = isText ? value : asTyped(value);
      });
    });
  }
}

function asTyped(value: ScriptCell): ScriptCell {
  if (typeof value !== 'string' || value.trim() === '') return value;
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return Number.isNaN(Number(value)) ? value : Number(value);
}
