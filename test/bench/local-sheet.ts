// The product's own way to the sheet, at the local workbook: real requests of the real client over HTTP, each one counted.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Database } from '../../server/database/database.ts';
import { type FlushResult, flushSheet } from '../../server/sheet/flush.ts';
import { createSheetGateway } from '../../server/sheet/gateway.ts';
import { createLocalSheets } from '../../server/sheet/google-sheets.ts';
import { sheetsApiRouter } from '../../server/workbook/sheets-api.ts';
import { openWorkbook } from '../../server/workbook/workbook.ts';

const ID = 'local';
const TOKEN = 'bench';

export type SentRequest = { readonly name: string; readonly bodyBytes: number };

export type LocalSheet = {
  readonly spreadsheetId: string;
  readonly flush: () => Promise<FlushResult>;
  /** Every request since the last call, in order. */
  readonly takeRequests: () => readonly SentRequest[];
  readonly close: () => Promise<void>;
};

/** Without the pauses that keep to Google's quota: what is counted here is requests and work, not waiting. */
export async function openLocalSheet(db: Database): Promise<LocalSheet> {
  const workbook = await openWorkbook(db, ID, 'Bench');
  const requests: SentRequest[] = [];
  let bodyBytes = 0;
  const app = express();
  app.use((request, _response, next) => {
    bodyBytes = Number(request.headers['content-length'] ?? 0);
    next();
  });
  app.use(
    sheetsApiRouter({
      workbook,
      identityOf: (token) => (token === TOKEN ? { kind: 'service', email: 'bench@local' } : null),
      nowMs: Date.now,
      quotas: false,
      onRequest: (name) => void requests.push({ name, bodyBytes }),
    }),
  );
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const { port } = server.address() as AddressInfo;
  const gateway = createSheetGateway({
    sheets: createLocalSheets({ address: `http://127.0.0.1:${port}`, token: TOKEN }),
    spreadsheetId: ID,
    clock: { nowMs: Date.now, sleep: async () => undefined, random: Math.random },
  });
  return {
    spreadsheetId: ID,
    flush: () =>
      flushSheet({ db, gateway, now: new Date(), channelLabel: String, tell: async () => undefined }),
    takeRequests: () => requests.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
