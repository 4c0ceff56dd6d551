// The open pages: each has an event stream, and script dialogs wait here until their page answers.

import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Dialog, DialogButton, ScriptUi } from './host/calls.ts';
import type { PageEvents } from './page-api.ts';

const HEARTBEAT_MS = 20_000;

type DialogAnswer = { readonly button: DialogButton; readonly text: string };

export type LivePages = {
  /** Opens the event stream of one page. */
  readonly open: (request: Request, response: Response) => void;
  readonly tellAll: <Name extends keyof PageEvents>(name: Name, data: PageEvents[Name]) => void;
  /** Where the dialogs of a script appear that this page started; null when the page is gone. */
  readonly uiOf: (client: string) => ScriptUi | null;
  readonly answer: (dialogId: string, answer: DialogAnswer) => boolean;
  readonly close: () => void;
};

const CLOSED: DialogAnswer = { button: 'CLOSE', text: '' };

export function createLivePages(): LivePages {
  const pages = new Map<string, Response>();
  const waiting = new Map<string, { client: string; settle: (answer: DialogAnswer) => void }>();

  const tell = (client: string, name: keyof PageEvents, data: unknown) =>
    pages.get(client)?.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

  const ask = (client: string, dialog: Dialog): Promise<DialogAnswer> =>
    new Promise((resolve) => {
      if (!pages.has(client)) return resolve(CLOSED);
      const id = randomUUID();
      waiting.set(id, { client, settle: resolve });
      tell(client, 'dialog', { ...dialog, id });
    });

  const leave = (client: string) => {
    pages.delete(client);
    for (const [id, dialog] of waiting) {
      if (dialog.client !== client) continue;
      waiting.delete(id);
      dialog.settle(CLOSED);
    }
  };

  return {
    open: (request, response) => {
      const client = randomUUID();
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      pages.set(client, response);
      const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
      request.on('close', () => {
        clearInterval(heartbeat);
        leave(client);
      });
      tell(client, 'hello', { client });
    },
    tellAll: (name, data) => {
      for (const client of pages.keys()) tell(client, name, data);
    },
    uiOf: (client) =>
      pages.has(client)
        ? { dialog: (dialog) => ask(client, dialog), toast: (toast) => void tell(client, 'toast', toast) }
        : null,
    answer: (dialogId, answer) => {
      const dialog = waiting.get(dialogId);
      waiting.delete(dialogId);
      dialog?.settle(answer);
      return dialog !== undefined;
    },
    close: () => {
      for (const response of pages.values()) response.end();
    },
  };
}
