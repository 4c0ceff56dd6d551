// The sheet's side put together as the product does it: database, signed API, local workbook, shipped script, page.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { buildAddon } from '../../addon/build.ts';
import { submitAdjustments } from '../../server/documents/adjustments.ts';
import { createApiKey } from '../../server/http/api-keys.ts';
import { createHttpServer } from '../../server/http/create-http-server.ts';
import type { HttpServices } from '../../server/http/services.ts';
import { createVault } from '../../server/secrets/vault.ts';
import { createScriptHost, type ScriptHost } from '../../server/workbook/host/script-host.ts';
import { createScriptWorkbook } from '../../server/workbook/host/script-workbook.ts';
import { buildPage } from '../../server/workbook/page-bundle.ts';
import { createPageWorkbook } from '../../server/workbook/page-workbook.ts';
import type { Rehearsal } from '../../server/workbook/rehearsal.ts';
import { workbookRoutes } from '../../server/workbook/routes.ts';
import type { Editor } from '../../server/workbook/session-state.ts';
import { openWorkbook, type Workbook } from '../../server/workbook/workbook.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const PERSON: Editor = { kind: 'person', email: 'mia@shop.example' };

export type WorkbookFixture = {
  readonly database: TestDatabase;
  readonly workbook: Workbook;
  readonly host: ScriptHost;
  readonly address: string;
  /** Cuts or mends the way from the script to the API. */
  readonly cut: (broken: boolean) => void;
  readonly close: () => Promise<void>;
};

export async function openWorkbookFixture(rehearsal?: Rehearsal): Promise<WorkbookFixture> {
  const database = await createTestDatabase();
  const { db } = database;
  const vault = createVault([randomBytes(32)]);
  const workbook = await openWorkbook(db, 'local', 'Denim Corner stock');
  const folder = await mkdtemp(join(tmpdir(), 'stocksheet-addon-'));
  const { code } = await buildAddon(folder);
  const app = express();
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = JSON.stringify({ address, ...(await createApiKey(db, vault, 'the local workbook')) });
  const properties = new Map([['stocksheet.connection', connection]]);
  const host = createScriptHost({
    code,
    workbook: createScriptWorkbook(workbook, PERSON),
    serverAddress: address,
    user: PERSON.email,
    properties: {
      get: async (key) => properties.get(key) ?? null,
      set: async (key, value) => void properties.set(key, value),
      delete: async (key) => void properties.delete(key),
    },
  });
  const routes = workbookRoutes({
    workbook: createPageWorkbook(workbook, PERSON),
    host,
    page: await buildPage(),
    ...(rehearsal === undefined ? {} : { rehearsal }),
  });
  let broken = false;
  app.use('/workbook', routes.router);
  app.use('/api', (_request, response, next) => (broken ? void response.destroy() : next()));
  const services: Pick<HttpServices, 'submitAdjustments' | 'listStores'> = {
    submitAdjustments: async (rows, { actor }) => {
      const { answers } = await submitAdjustments(db, rows, { actor, at: new Date() });
      return { rows: [...answers] };
    },
    listStores: async () => ({ stores: [] }),
  };
  const options = { db, vault, now: () => new Date(), log: pino({ level: 'silent' }), adminPassword: null };
  app.use(createHttpServer(services as HttpServices, options));
  return {
    database,
    workbook,
    host,
    address,
    cut: (now) => {
      broken = now;
    },
    close: async () => {
      routes.close();
      await host.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
