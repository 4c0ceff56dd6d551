// The local workbook in the browser: its page, its data, live changes, and the script that the menu runs.

import { randomBytes } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type * as z from 'zod/mini';
import { onlyOurPage, onlyThisComputer } from './guard.ts';
import type { ScriptHost } from './host/script-host.ts';
import { createLivePages } from './live.ts';
import { dialogRequest, editRequest, type PageWorkbook, runRequest } from './page-api.ts';
import type { PageBundle } from './page-bundle.ts';
import { type Rehearsal, rehearsalAction } from './rehearsal.ts';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ROWS_AT_ONCE_MAX = 2_000;

export type WorkbookRoutesOptions = {
  readonly workbook: PageWorkbook;
  readonly host: ScriptHost;
  readonly page: PageBundle;
  /** Stores to rehearse with, shown beside the grid. */
  readonly rehearsal?: Rehearsal;
};

export type WorkbookRoutes = { readonly router: express.Router; readonly close: () => void };

/** Mount it at a path of its own, in front of any other body parser. */
export function workbookRoutes(options: WorkbookRoutesOptions): WorkbookRoutes {
  const { workbook, page } = options;
  const token = randomBytes(24).toString('base64url');
  const live = createLivePages();
  const stopListening = workbook.onChange((change) => live.tellAll('change', change));
  const router = Router();
  router.use(onlyThisComputer, pageHeaders, onlyOurPage(token), express.json({ limit: '20mb' }));
  router.get('/', (request, response) => {
    // Relative addresses in the page need the slash.
    if (!request.originalUrl.split('?')[0]?.endsWith('/'))
      return response.redirect(301, `${request.originalUrl}/`);
    response.type('html').send(page.html(token));
  });
  router.get('/page.js', (_request, response) => void response.type('text/javascript').send(page.script));
  router.get('/page.css', (_request, response) => void response.type('css').send(page.style));
  router.get('/events', (request, response) => live.open(request, response));
  addDataRoutes(router, options);
  addScriptRoutes(router, options, live);
  if (options.rehearsal !== undefined) addRehearsalRoutes(router, options.rehearsal);
  return {
    router,
    close: () => {
      stopListening();
      live.close();
    },
  };
}

const pageHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  next();
};

function addDataRoutes(router: express.Router, { workbook, rehearsal }: WorkbookRoutesOptions): void {
  router.get('/tabs', async (_request, response) => {
    response.json({ name: workbook.name, tabs: await workbook.tabs(), rehearsal: rehearsal !== undefined });
  });
  router.get('/tabs/:tabId/rows', async (request, response) => {
    const [tabId, from, count] = [request.params['tabId'], request.query['from'], request.query['count']].map(
      Number,
    );
    if (![tabId, from, count].every(Number.isInteger)) return refuse(response, 'Which rows?');
    const rows = Math.min(count ?? 0, ROWS_AT_ONCE_MAX);
    response.json(await workbook.rows(tabId ?? 0, Math.max(1, from ?? 1), rows));
  });
  router.post('/edits', async (request, response) => {
    const body = parse(editRequest, request, response);
    if (body !== null) response.json(await workbook.edit(body.tabId, body.edit));
  });
}

function addScriptRoutes(
  router: express.Router,
  { host }: WorkbookRoutesOptions,
  live: ReturnType<typeof createLivePages>,
): void {
  router.get('/menus', async (_request, response) => void response.json({ menus: await host.menu() }));
  router.post('/run', async (request, response) => {
    const body = parse(runRequest, request, response);
    if (body === null) return;
    const ui = live.uiOf(body.client);
    if (ui === null) return refuse(response, 'The connection to the workbook was lost. Reload the page.');
    try {
      await host.run(body.functionName, [], ui);
      response.json({ ok: true });
    } catch (error) {
      // As Google shows it: the error of the script itself, in a bar.
      response.json({ ok: false, message: error instanceof Error ? error.message : String(error) });
    }
  });
  router.post('/dialogs', (request, response) => {
    const body = parse(dialogRequest, request, response);
    if (body !== null) response.json({ ok: live.answer(body.id, { button: body.button, text: body.text }) });
  });
}

function addRehearsalRoutes(router: express.Router, rehearsal: Rehearsal): void {
  router.get('/rehearsal', (_request, response) => void response.json({ stores: rehearsal.stores() }));
  router.post('/rehearsal/:storeId', async (request, response) => {
    const action = parse(rehearsalAction, request, response);
    if (action !== null) response.json(await rehearsal.act(request.params['storeId'] ?? '', action));
  });
}

function parse<Schema extends z.ZodMiniType>(
  schema: Schema,
  request: Request,
  response: Response,
): z.output<Schema> | null {
  const parsed = schema.safeParse(request.body);
  if (parsed.success) return parsed.data;
  refuse(response, 'The page sent something that the workbook does not understand. Reload the page.');
  return null;
}

function refuse(response: Response, message: string): void {
  response.status(400).json({ error: { code: 'bad_request', message, requestId: '' } });
}
