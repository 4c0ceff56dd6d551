// The answering side of a process: the API, the webhooks, the administrator's pages, and the local workbook when there is no
// Google Sheet.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBullBoard } from '@bull-board/api';
import { ExpressAdapter } from '@bull-board/express';
import express, { type RequestHandler, type Router } from 'express';
import type { Core } from './core.ts';
import { createAccess } from './http/access.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { createGoogleVerifier, createVerifier } from './http/identity.ts';
import { createMetrics } from './metrics.ts';
import { createServices } from './services.ts';
import { ORDERS_EVERY_MAX_MS } from './sync/store-settings.ts';

export type Web = { readonly url: string; readonly stop: () => Promise<void> };

/** `local`: what is mounted in front of the API on this machine only, made once the address is known. */
export async function startWeb(core: Core, local: ((url: string) => Promise<Router>) | null): Promise<Web> {
  const { config } = core;
  const app = express();
  const server = app.listen(config.port, config.host);
  const url = await listening(server, config.host, config.port);
  const metrics = createMetrics(core.db, core.queue, core.now);
  const { db, vault, now, localIdentity } = core;
  const identities = [
    createGoogleVerifier(),
    ...(localIdentity === null
      ? []
      : // Whoever sits at this computer owns what is on it.
        [createVerifier([localIdentity.issuer], async () => localIdentity.certificates(), 'owner')]),
  ];
  const access = createAccess({
    db,
    vault,
    now,
    identities,
    spreadsheetId: config.google?.spreadsheetId ?? null,
    lookForWork: () => lookForWork(core),
    wakePush: (storeId) => core.context.wake('push-available', storeId),
  });
  const services = createServices({ ...core, metrics, access });
  if (local !== null) app.use(await local(url));
  app.use(
    createHttpServer(services, {
      db: core.db,
      vault: core.vault,
      now: core.now,
      log: core.log,
      identities,
      adminPassword: config.adminPassword,
      queueBoard: queueBoard(core),
    }),
  );
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a nudge asks for: orders of stores that were not read for a while, anything owed, and the sheet. */
async function lookForWork({ db, context, config, now }: Core): Promise<void> {
  await context.wake('sweep');
  const before = new Date(now().getTime() - (config.ordersEveryMs ?? ORDERS_EVERY_MAX_MS));
  const late = await db
    .selectFrom('stores')
    .select('id')
    .where('sync_on', '=', true)
    .where((where) =>
      where.or([where('orders_synced_at', 'is', null), where('orders_synced_at', '<', before)]),
    )
    .execute();
  for (const { id } of late) await context.wake('pull-orders', id);
  await context.wake('flush-sheet');
}

async function listening(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('listening', () => resolve());
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is in use by another program. Stop it, or set PORT to another number.`)
          : error,
      ),
    );
  });
  const { port: taken } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${taken}`;
}

function queueBoard(core: Core): RequestHandler {
  const adapter = new ExpressAdapter();
  adapter.setBasePath('/admin/queues');
  createBullBoard({ queues: [...core.queue.boardAdapters()], serverAdapter: adapter });
  return adapter.getRouter() as RequestHandler;
}
