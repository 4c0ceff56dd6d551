// The sheet as the workers see it: Google's, or the local workbook behind the same client, and the flush that writes to it.

import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { channelLabel } from './channels/channel.ts';
import type { Core } from './core.ts';
import { pause } from './net/in-turns.ts';
import { createSheetGateway, type SheetGateway } from './sheet/gateway.ts';
import { createGoogleSheets, createLocalSheets, serviceAccountOf } from './sheet/google-sheets.ts';
import { writeSheet } from './sheet-job.ts';
import { sheetsApiRouter } from './workbook/sheets-api.ts';
import { openWorkbook, type Workbook } from './workbook/workbook.ts';

const LOCAL_ID = 'local';
const LOCAL_TITLE = 'My stock';
/** Who the flush is in the local workbook, as a service account would be in Google's. */
const SERVICE_EMAIL = 'stocksheet@local';

export type SheetSide = {
  /** The job. */
  readonly flush: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export const openLocalWorkbook = (core: Core): Promise<Workbook> =>
  // Who looks at it sits at this computer.
  openWorkbook(core.db, LOCAL_ID, LOCAL_TITLE, Intl.DateTimeFormat().resolvedOptions().timeZone);

export async function openSheetSide(core: Core): Promise<SheetSide> {
  const { google } = core.config;
  if (google !== null) {
    const gateway = gatewayTo(core, createGoogleSheets(google), google.spreadsheetId);
    const sharedWith = await serviceAccountOf(google.serviceAccountFile);
    return { flush: jobOf(core, gateway, sharedWith), stop: async () => undefined };
  }
  const token = randomBytes(24).toString('base64url');
  const server = await serveLocalSheets(core, token);
  const { port } = server.address() as AddressInfo;
  const sheets = createLocalSheets({ address: `http://127.0.0.1:${port}`, token });
  const gateway = gatewayTo(core, sheets, LOCAL_ID);
  return {
    flush: jobOf(core, gateway, SERVICE_EMAIL),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const jobOf = (core: Core, gateway: SheetGateway, sharedWith: string) => (): Promise<void> =>
  writeSheet({
    db: core.db,
    gateway,
    holder: core.context.holder,
    now: core.now,
    sharedWith,
    channelLabel: (channel) => channelLabel(core.connecting.definitionOf, channel),
  });

function gatewayTo(
  core: Core,
  sheets: ReturnType<typeof createLocalSheets>,
  spreadsheetId: string,
): SheetGateway {
  return createSheetGateway({
    sheets,
    spreadsheetId,
    clock: {
      nowMs: () => core.now().getTime(),
      sleep: pause,
      random: Math.random,
    },
  });
}

// On a port of its own that only this process knows the token of: nobody else may write as the service account.
async function serveLocalSheets(core: Core, token: string): Promise<Server> {
  const workbook = await openLocalWorkbook(core);
  const app = express();
  app.use(
    sheetsApiRouter({
      workbook,
      identityOf: (given) => (given === token ? { kind: 'service', email: SERVICE_EMAIL } : null),
      nowMs: () => core.now().getTime(),
    }),
  );
  return new Promise((resolve, reject) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
    server.once('error', reject);
  });
}
