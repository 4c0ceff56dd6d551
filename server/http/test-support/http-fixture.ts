// A whole HTTP side for tests: real keys and nonces in PostgreSQL, and services that record what they are asked.

import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Express } from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import type { StoreView } from '../../../shared/api/stores.ts';
import type { TurnOnPlan } from '../../../shared/api/turn-on.ts';
import type { PersonRole } from '../../../shared/model/person.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { createVault } from '../../secrets/vault.ts';
import { createAccess } from '../access.ts';
import { type ApiKey, createApiKey } from '../api-keys.ts';
import { createHttpServer, type HttpServerOptions } from '../create-http-server.ts';
import { createVerifier } from '../identity.ts';
import { createPairingCode } from '../pairing.ts';
import type { HttpServices } from '../services.ts';
import { signRequest } from '../sign-request.ts';
import { createTokenSigner, type TokenClaims } from './token-signer.ts';

export const STORE = 'shopify-1';

export type HttpFixture = {
  readonly database: TestDatabase;
  readonly key: ApiKey;
  readonly newKey: (label: string) => Promise<ApiKey>;
  /** Signs tokens as Google does, for the audience "script-1" unless another is given. */
  readonly tokenOf: (email: string, change?: Partial<TokenClaims>) => string;
  /** A one-time code, as the server's terminal prints it. */
  readonly pairingCode: (role?: PersonRole) => Promise<string>;
  /** Every call of a service, in order: its name and arguments. */
  readonly calls: { name: string; input: readonly unknown[] }[];
  /** Everything that was logged. */
  readonly logged: string[];
  readonly clock: { now: Date };
  readonly open: (options?: Partial<HttpServerOptions>, services?: Partial<HttpServices>) => Express;
  /** Sends a signed request; `change` spoils the headers after signing. */
  readonly send: (app: Express, request: SignedSend) => supertest.Test;
};

export type SignedSend = {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, instead of body. */
  readonly text?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: ApiKey;
  readonly nonce?: string;
};

export async function createHttpFixture(): Promise<HttpFixture> {
  const database = await createTestDatabase();
  const vault = createVault([randomBytes(32)]);
  const newKey = (label: string): Promise<ApiKey> => createApiKey(database.db, vault, label);
  const key = await newKey('the sheet');
  const calls: HttpFixture['calls'] = [];
  const logged: string[] = [];
  const clock = { now: new Date('2026-11-23T12:00:00Z') };
  const signer = createTokenSigner();
  const identities = [createVerifier([signer.issuer], async () => signer.certificates)];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  return {
    database,
    key,
    newKey,
    calls,
    logged,
    clock,
    tokenOf: signer.tokenOf,
    pairingCode: (role) => createPairingCode(database.db, clock.now, role ?? null),
    open: (options = {}, services = {}) => {
      const parts = { db: database.db, vault, now: () => clock.now, identities };
      const access = createAccess({
        ...parts,
        spreadsheetId: null,
        lookForWork: async () => void calls.push({ name: 'lookForWork', input: [] }),
        wakePush: async (storeId) => void calls.push({ name: 'wakePush', input: [storeId] }),
      });
      return createHttpServer(
        { ...recordingServices(calls), access, ...services },
        { ...parts, log, adminPassword: null, ...options },
      );
    },
    send: (app, request) => {
      const content = request.text ?? (request.body === undefined ? '' : JSON.stringify(request.body));
      const headers = signRequest({
        ...(request.key ?? key),
        method: request.method,
        pathAndQuery: request.path,
        body: content,
        now: clock.now,
        nonce: request.nonce ?? randomUUID(),
      });
      const sending = supertest(app)[request.method](request.path).set(headers);
      if (content.length > 0) sending.set('content-type', 'application/json');
      sending.set(request.headers ?? {});
      return content.length > 0 ? sending.serialize((sent) => sent as string).send(content) : sending;
    },
  };
}

const STORE_VIEW: StoreView = {
  id: STORE,
  channel: 'shopify',
  channelLabel: 'Shopify',
  onDrift: 'overwrite',
  options: {},
  name: 'Main shop',
  syncOn: false,
  drafts: false,
  warehouses: [],
  locations: [],
  health: 'ok',
  healthMessage: '',
  slowedUntil: null,
  webhookHealth: '',
  ordersSyncedAt: null,
  listingsSyncedAt: null,
  inventorySyncedAt: null,
  openingImportedAt: null,
  nextListingsRefreshAt: null,
  progress: null,
  accessEndsAt: null,
  accessMessage: '',
  budget: null,
  fullPush: null,
  listings: 0,
  owed: 0,
  problems: 0,
};

const TURN_ON_PLAN: TurnOnPlan = {
  state: 'ready',
  message: 'Nothing has been written yet.',
  planId: '1',
  startedAt: '2026-03-01T10:00:00.000Z',
  readyAt: '2026-03-01T10:00:05.000Z',
  done: 0,
  total: 0,
  same: 0,
  differ: 0,
  neverSet: 0,
  disagree: 0,
  untracked: 0,
  unknown: 0,
  withoutSku: 0,
  openOrders: 0,
  lines: [],
  linesLeftOff: 0,
};

function recordingServices(calls: HttpFixture['calls']): Omit<HttpServices, 'access'> {
  const record = (name: string, ...input: readonly unknown[]): void => void calls.push({ name, input });
  const task = async (name: string, storeId: string, ...rest: readonly unknown[]) => {
    record(name, storeId, ...rest);
    return storeId === STORE ? { accepted: true, message: `${name} was started.` } : null;
  };
  return {
    draftLowStockOrder: async (skus, caller) => {
      record('draftLowStockOrder', skus, caller);
      return { number: 'PO-101', lines: skus.length, message: 'PO-101 was made as a draft.' };
    },
    submitRows: async (tab, rows, caller) => {
      if (tab !== 'adjustments') return null;
      record('submitRows', tab, rows, caller);
      const answer = { status: 'applied', message: '10 → 15', field: null, writes: {} } as const;
      return { rows: rows.map(({ rowId }) => ({ rowId, ...answer })) };
    },
    listRefunds: async () => ({ refunds: [] }),
    settleRefund: async (request) => {
      record('settleRefund', request);
      return { accepted: true, message: 'Counted in.' };
    },
    answerQuestion: (storeId, question) => task('answerQuestion', storeId, question),
    turnOnPlan: async (storeId, again) => {
      record('turnOnPlan', storeId, again);
      return storeId === STORE ? TURN_ON_PLAN : null;
    },
    reverse: async (reference, caller) => {
      record('reverse', reference, caller);
      return { status: 'applied', message: 'Reversed.' };
    },
    exportFile: async (what) => {
      record('exportFile', what);
      return { path: '/exports/token', expiresAt: '2026-11-23T12:15:00.000Z' };
    },
    openExport: async (token) => {
      if (token !== 'token') return null;
      return { name: 'stock.csv', pieces: Readable.from(['SKU\n', "'=1+1\n"]) };
    },
    importFile: async (what, csv, caller) => {
      record('importFile', what, csv, caller);
      return { applied: 1, refused: 0, problems: [] };
    },
    listChannels: async () => ({ channels: [] }),
    listStores: async () => ({ stores: [STORE_VIEW] }),
    connectStore: async (request, caller) => {
      record('connectStore', request, caller);
      return { store: STORE_VIEW, findings: [] };
    },
    authorizeStore: async (request, caller) => {
      record('authorizeStore', request, caller);
      if (request.storeId !== undefined && request.storeId !== STORE) return null;
      return { url: 'https://shop.example/allow', expiresAt: '2026-11-23T12:15:00.000Z', message: '' };
    },
    finishAuthorization: async (channel, query) => {
      record('finishAuthorization', channel, query);
      return null;
    },
    setSync: (storeId, request, caller) => task('setSync', storeId, request, caller),
    changeSettings: (storeId, request, caller) => task('changeSettings', storeId, request, caller),
    mapPlaces: (storeId, request, caller) => task('mapPlaces', storeId, request, caller),
    listWarehouses: async () => ({ warehouses: [] }),
    createWarehouse: async (request, caller) => {
      record('createWarehouse', request, caller);
      return { accepted: true, message: 'Added.', warehouses: [] };
    },
    changeWarehouse: async (id, request, caller) => {
      record('changeWarehouse', id, request, caller);
      return { accepted: true, message: 'Changed.', warehouses: [] };
    },
    syncNow: (storeId, caller) => task('syncNow', storeId, caller),
    refreshInventory: (storeId, caller) => task('refreshInventory', storeId, caller),
    refreshListings: (storeId, caller) => task('refreshListings', storeId, caller),
    disconnectStore: (storeId, caller) => task('disconnectStore', storeId, caller),
    explain: async (sku) => {
      record('explain', sku);
      return null;
    },
    openWebhook: async () => null,
    findProblems: async () => [],
    metrics: { contentType: 'text/plain', metrics: async () => 'pushes_total 3\n' },
  };
}
