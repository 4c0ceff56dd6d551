// The answering side of a process: the API, the webhooks, the administrator's pages, and the local workbook when there is no
// Google Sheet.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBullBoard } from '@bull-board/api';
import { ExpressAdapter } from '@bull-board/express';
import express, { type RequestHandler, type Router } from 'express';
import type { Core } from './core.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { createMetrics } from './metrics.ts';
import { createServices } from './services.ts';

export type Web = { readonly url: string; readonly stop: () => Promise<void> };

/** `local`: what is mounted in front of the API on this machine only, made once the address is known. */
export async function startWeb(core: Core, local: ((url: string) => Promise<Router>) | null): Promise<Web> {
  const { config } = core;
  const app = express();
  const server = app.listen(config.port, config.host);
  const url = await listening(server, config.host, config.port);
  const metrics = createMetrics(core.db, core.queue, core.now);
  const services = createServices({ ...core, metrics });
  if (local !== null) app.use(await local(url));
  app.use(
    createHttpServer(services, {
      db: core.db,
      vault: core.vault,
      now: core.now,
      log: core.log,
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
