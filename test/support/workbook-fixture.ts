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
import { documentOf } from '../../server/documents/submit-rows.ts';
import { createAccess } from '../../server/http/access.ts';
import { createApiKey } from '../../server/http/api-keys.ts';
import { createHttpServer } from '../../server/http/create-http-server.ts';
import { createVerifier } from '../../server/http/identity.ts';
import type { HttpServices } from '../../server/http/services.ts';
import { createVault } from '../../server/secrets/vault.ts';
import type { Block, DayCell, ScriptCell, ScriptWorkbook } from '../../server/workbook/host/calls.ts';
import { readHtmlFiles } from '../../server/workbook/host/html-files.ts';
import { createPropertyStore } from '../../server/workbook/host/properties.ts';
import {
  createScriptHost,
  type ScriptHost,
  type TriggerStore,
} from '../../server/workbook/host/script-host.ts';
import { createScriptWorkbook } from '../../server/workbook/host/script-workbook.ts';
import { createTriggerStore } from '../../server/workbook/host/triggers.ts';
import { createLocalIdentity, LOCAL_AUDIENCE, type LocalPerson } from '../../server/workbook/identity.ts';
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
  /** Where the page is. */
  readonly pageAddress: string;
  /** Cuts or mends the way from the script to the API. */
  readonly cut: (broken: boolean) => void;
  readonly close: () => Promise<void>;
};

export type FixtureOptions = {
  /** An empty one of its own otherwise. */
  readonly database?: TestDatabase;
  readonly services?: Partial<HttpServices>;
  readonly rehearsal?: Rehearsal;
  /** A played clock, of the server and of the script. */
  readonly nowMs?: () => number;
  /** As a published add-on, which Google lets look once an hour at most, with one trigger for each person. */
  readonly isAddon?: boolean;
  /** Whose tokens the script gets; null: nobody's. */
  readonly signIdentityToken?: (sign: SignToken, person: LocalPerson) => string | null;
  /** Called before each request to the API is answered. */
  readonly onRequest?: (path: string, bodyBytes: number) => unknown;
  /** Called with each look at the sheet and each change of it that the script asks for. */
  readonly onSheetCall?: (name: string, cells: number) => void;
  /** How the script gets each cell, where that is another way than the workbook's. */
  readonly toScript?: (cell: ScriptCell | DayCell) => ScriptCell | DayCell;
};

type SignToken = (person: LocalPerson) => string | null;

const triggersOf = (store: TriggerStore, isAddon: boolean): TriggerStore => ({
  ...store,
  add: async (person, functionName, everyMinutes) => {
    if (isAddon && (everyMinutes < 60 || (await store.list(person)).length > 0)) {
      throw new Error(
        'The add-on has created too many time-based triggers in this document for this Google user account.',
      );
    }
    return store.add(person, functionName, everyMinutes);
  },
});

function watched(workbook: ScriptWorkbook, options: FixtureOptions): ScriptWorkbook {
  const { onSheetCall: onCall, toScript } = options;
  const shown: ScriptWorkbook =
    toScript === undefined
      ? workbook
      : {
          ...workbook,
          read: async (block) => (await workbook.read(block)).map((line) => line.map(toScript)),
        };
  if (onCall === undefined) return shown;
  const calls = Object.entries(shown).map(([name, call]) => [
    name,
    (...given: unknown[]): unknown => {
      const { rows = 0, columns = 0 } = (given[0] ?? {}) as Partial<Block>;
      onCall(name, rows * columns);
      return (call as (...args: unknown[]) => unknown)(...given);
    },
  ]);
  return Object.fromEntries(calls) as ScriptWorkbook;
}

/** Ahead of UTC: midnight there is still the day before here. */
const TIME_ZONE = 'Asia/Tokyo';

export async function openWorkbookFixture(options: FixtureOptions = {}): Promise<WorkbookFixture> {
  const { rehearsal, nowMs, onRequest } = options;
  const now = (): Date => new Date(nowMs?.() ?? Date.now());
  const database = options.database ?? (await createTestDatabase());
  const { db } = database;
  const vault = createVault([randomBytes(32)]);
  const workbook = await openWorkbook(db, 'local', 'Denim Corner stock', TIME_ZONE);
  const folder = await mkdtemp(join(tmpdir(), 'stocksheet-addon-'));
  const { code } = await buildAddon(folder);
  const app = express();
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = { spreadsheetId: workbook.id, audience: LOCAL_AUDIENCE };
  const connection = JSON.stringify({
    address,
    ...(await createApiKey(db, vault, 'the local workbook', 'sheet', origin)),
    formulasKey: await createApiKey(db, vault, 'the local workbook, formulas', 'formulas', origin),
  });
  const properties = createPropertyStore(db, workbook.id);
  await properties.write('document', { 'stocksheet.connection': connection });
  // Tokens are checked by the real clock.
  const identity = await createLocalIdentity(() => new Date());
  const host = createScriptHost({
    code,
    files: await readHtmlFiles(folder),
    workbookOf: ({ email }) => watched(createScriptWorkbook(workbook, { kind: 'person', email }), options),
    serverAddress: address,
    properties,
    triggers: triggersOf(createTriggerStore(db, workbook.id, now), options.isAddon === true),
    ...(nowMs === undefined ? {} : { nowMs }),
    signIdentityToken: (person) =>
      options.signIdentityToken === undefined
        ? identity.signIdentityToken(person)
        : options.signIdentityToken(identity.signIdentityToken, person),
    owner: { email: PERSON.email, name: 'Mia' },
  });
  const secret = 'of-the-test';
  const routes = workbookRoutes({
    secret,
    workbook: createPageWorkbook(workbook),
    host,
    page: await buildPage(),
    ...(rehearsal === undefined ? {} : { rehearsal }),
  });
  let broken = false;
  app.use('/workbook', routes.router);
  app.use('/api', async (request, response, next) => {
    await onRequest?.(request.path, Number(request.get('content-length') ?? 0));
    if (broken) response.destroy();
    else next();
  });
  const identities = [createVerifier([identity.issuer], async () => identity.certificates())];
  const nothing = async () => undefined;
  const services: Pick<HttpServices, 'submitRows' | 'listStores' | 'access'> = {
    access: createAccess({
      db,
      vault,
      now,
      identities,
      spreadsheetId: null,
      lookForWork: nothing,
      wakePush: nothing,
    }),
    submitRows: async (tab, rows, { actor }) => {
      const submit = documentOf(tab);
      if (submit === null) return null;
      const { answers } = await submit(db, rows, { actor, at: now() });
      return { rows: [...answers] };
    },
    listStores: async () => ({ stores: [] }),
  };
  const httpOptions = {
    db,
    vault,
    now,
    log: pino({ level: 'silent' }),
    adminPassword: null,
    identities,
  };
  app.use(createHttpServer({ ...services, ...options.services } as HttpServices, httpOptions));
  return {
    database,
    workbook,
    host,
    address,
    pageAddress: `${address}/workbook/${secret}/`,
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
