// A local workbook behind its Sheets API on loopback, the real googleapis client in front of it, and a clock that only moves
// when somebody sleeps.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Database } from '../../server/database/database.ts';
import type { Clock } from '../../server/sheet/calls.ts';
import { type FlushOptions, type FlushResult, flushSheet } from '../../server/sheet/flush.ts';
import { createSheetGateway, type SheetGateway } from '../../server/sheet/gateway.ts';
import { createLocalSheets } from '../../server/sheet/google-sheets.ts';
import { tellOfTabs } from '../../server/sheet-news.ts';
import { createSheetsFaults, type SheetsFaults } from '../../server/workbook/api-limits.ts';
import type { CellContent } from '../../server/workbook/row-store.ts';
import type { Editor } from '../../server/workbook/session-state.ts';
import { sheetsApiRouter } from '../../server/workbook/sheets-api.ts';
import { openWorkbook, type Workbook } from '../../server/workbook/workbook.ts';

export const SERVICE: Editor = { kind: 'service', email: 'service@local' };
export const OWNER: Editor = { kind: 'service', email: 'owner@local' };

export type LocalSheet = {
  readonly workbook: Workbook;
  readonly gateway: SheetGateway;
  readonly sheets: ReturnType<typeof createLocalSheets>;
  readonly faults: SheetsFaults;
  readonly clock: Clock;
  /** Writes what changed in the database, by this sheet's clock. */
  readonly flush: (options?: Partial<FlushOptions>) => Promise<FlushResult>;
  /** Requests since the last call, by name. */
  readonly takeRequests: () => Readonly<Record<string, number>>;
  /** The cells of a tab, header first, each by the header of its column. */
  readonly table: (tab: string) => Promise<Readonly<Record<string, CellContent>>[]>;
  readonly close: () => Promise<void>;
};

export async function startLocalSheet(
  db: Database,
  id: string,
  options: { readonly quotas?: boolean; readonly timeoutMs?: number; readonly timeZone?: string } = {},
): Promise<LocalSheet> {
  const workbook = await openWorkbook(db, id, 'Stock', options.timeZone);
  const faults = createSheetsFaults();
  const clock = createStillClock();
  let requests: Record<string, number> = {};
  const app = express();
  app.use(
    sheetsApiRouter({
      workbook,
      identityOf: (token) => (token === 'service' ? SERVICE : token === 'owner' ? OWNER : null),
      nowMs: clock.nowMs,
      faults,
      quotas: options.quotas ?? true,
      onRequest: (name) => {
        requests[name] = (requests[name] ?? 0) + 1;
      },
    }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const timeout = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  const sheets = createLocalSheets({ address, token: 'service', ...timeout });
  const gateway = createSheetGateway({ sheets, spreadsheetId: id, clock });
  return {
    workbook,
    faults,
    clock,
    sheets,
    gateway,
    flush: (more = {}) =>
      flushSheet({
        db,
        gateway,
        now: new Date(clock.nowMs()),
        channelLabel: labelOf,
        tell: (news) => tellOfTabs(db, id, news, new Date(clock.nowMs())),
        ...more,
      }),
    takeRequests: () => {
      const taken = requests;
      requests = {};
      return taken;
    },
    table: (tab) => readTable(workbook, tab),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As a manifest would say it. */
export const labelOf = (channel: string): string => `A ${channel} shop`;

function createStillClock(): Clock {
  let nowMs = Date.UTC(2026, 10, 23);
  return {
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    random: () => 0.5,
  };
}

async function readTable(workbook: Workbook, tab: string): Promise<Record<string, CellContent>[]> {
  const [head = [], ...rows] = await workbook.look(async (view) => {
    const sheet = view.sheetNamed(tab);
    if (sheet === null) throw new Error(`There is no tab "${tab}".`);
    const all = { startRow: 0, endRow: null, startColumn: 0, endColumn: null };
    return view.readCells(sheet.sheetId, all);
  });
  return rows
    .filter((line) => line.some((cell) => cell !== ''))
    .map((line) => Object.fromEntries(line.map((cell, index) => [String(head[index]), cell])));
}
