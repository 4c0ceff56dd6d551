// The open pages: each has an event stream, and script dialogs wait here until their page answers.

import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Dialog, DialogButton, HtmlPage, ScriptUi } from './host/calls.ts';
import type { PageEvents } from './page-api.ts';

const HEARTBEAT_MS = 20_000;
/** Pages of the add-on that can still be loaded. */
const HTML_KEPT_MAX = 50;

type DialogAnswer = { readonly button: DialogButton; readonly text: string };

export type LivePages = {
  /** Opens the event stream of one page. */
  readonly open: (request: Request, response: Response) => void;
  readonly tellAll: <Name extends keyof PageEvents>(name: Name, data: PageEvents[Name]) => void;
  /** Where the dialogs of a script appear that this page started; null when the page is gone. */
  readonly uiOf: (client: string) => ScriptUi | null;
  readonly answer: (dialogId: string, answer: DialogAnswer) => boolean;
  /** The text of an add-on's page that a script has shown. */
  readonly html: (id: string) => string | null;
  readonly close: () => void;
};

const CLOSED: DialogAnswer = { button: 'CLOSE', text: '' };

export function createLivePages(): LivePages {
  const pages = new Map<string, Response>();
  const waiting = new Map<string, { client: string; settle: (answer: DialogAnswer) => void }>();
  const shown = new Map<string, string>();

  const tell = (client: string, name: keyof PageEvents, data: unknown) =>
    pages.get(client)?.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

  const ask = (client: string, dialog: Dialog): Promise<DialogAnswer> =>
    new Promise((resolve) => {
      if (!pages.has(client)) return resolve(CLOSED);
      const id = randomUUID();
      waiting.set(id, { client, settle: resolve });
      tell(client, 'dialog', { ...dialog, id });
    });

  const show = (client: string, { html, ...page }: HtmlPage): void => {
    const id = randomUUID();
    shown.set(id, html);
    const oldest = shown.keys().next().value;
    if (shown.size > HTML_KEPT_MAX && oldest !== undefined) shown.delete(oldest);
    tell(client, 'html', { ...page, id });
  };

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
        ? {
            dialog: (dialog) => ask(client, dialog),
            toast: (toast) => void tell(client, 'toast', toast),
            showHtml: (page) => show(client, page),
            activate: (place) => void tell(client, 'activate', place),
          }
        : null,
    answer: (dialogId, answer) => {
      const dialog = waiting.get(dialogId);
      waiting.delete(dialogId);
      dialog?.settle(answer);
      return dialog !== undefined;
    },
    html: (id) => shown.get(id) ?? null,
    close: () => {
      for (const response of pages.values()) response.end();
    },
  };
}
