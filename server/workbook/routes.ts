// The local workbook in the browser: its page, its data, live changes, and the script that the menu runs.

import { randomBytes } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type * as z from 'zod/mini';
import { ADDON_PAGE_POLICY, addonPage } from './addon-page.ts';
import { onlyOurPage, onlyThisComputer, onlyWhoKnows } from './guard.ts';
import type { Selection } from './host/calls.ts';
import type { ScriptHost } from './host/script-host.ts';
import { createLivePages, type LivePages } from './live.ts';
import {
  dialogRequest,
  editRequest,
  findRequest,
  type PageRun,
  rowsRequest,
  runRequest,
  valuesRequest,
  viewRequest,
} from './page-api.ts';
import type { PageBundle } from './page-bundle.ts';
import type { PageWorkbook } from './page-workbook.ts';
import { editorOf, personOf } from './person.ts';
import { customersChange, type Rehearsal, rehearsalAction } from './rehearsal.ts';

const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "frame-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export type WorkbookRoutesOptions = {
  /** The part of the address that lets in. */
  readonly secret: string;
  readonly workbook: PageWorkbook;
  readonly host: ScriptHost;
  readonly page: PageBundle;
  /** Stores to rehearse with, shown beside the grid. */
  readonly rehearsal?: Rehearsal;
  /** A function of the script that the page runs when it opens, such as the one that shows the sidebar. */
  readonly openWith?: string;
};

export type WorkbookRoutes = { readonly router: express.Router; readonly close: () => void };

/** Mount it at a path of its own, in front of any other body parser. */
export function workbookRoutes(options: WorkbookRoutesOptions): WorkbookRoutes {
  const { workbook, page } = options;
  const token = randomBytes(24).toString('base64url');
  const live = createLivePages();
  const stopListening = workbook.onChange((change) => live.tellAll('change', change));
  const router = Router();
  const entrance = [onlyThisComputer, onlyWhoKnows(options.secret), pageHeaders, onlyOurPage(token)];
  const toPage = Router();
  toPage.use('/:secret', ...entrance, express.json({ limit: '40mb' }), router);
  router.get('/', (request, response) => {
    // Relative addresses in the page need the slash.
    if (!request.originalUrl.split('?')[0]?.endsWith('/'))
      return response.redirect(301, `${request.originalUrl}/`);
    const nonce = randomBytes(16).toString('base64');
    response.set('content-security-policy', policyWith(nonce)).type('html').send(page.html(token, nonce));
  });
  router.get('/page.js', (_request, response) => void response.type('text/javascript').send(page.script));
  router.get('/page.css', (_request, response) => void response.type('css').send(page.style));
  router.get('/events', (request, response) => live.open(request, response));
  addDataRoutes(router, options);
  addScriptRoutes(router, options, live);
  if (options.rehearsal !== undefined) addRehearsalRoutes(router, options.rehearsal);
  return {
    router: toPage,
    close: () => {
      stopListening();
      live.close();
    },
  };
}

const pageHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  next();
};

function addDataRoutes(router: express.Router, options: WorkbookRoutesOptions): void {
  const { workbook, rehearsal, openWith = null } = options;
  router.get('/tabs', async (request, response) => {
    const tabs = await workbook.tabs(editorOf(personOf(request)));
    response.json({ name: workbook.name, tabs, rehearsal: rehearsal !== undefined, openWith });
  });
  router.post('/rows', async (request, response) => {
    const body = parse(rowsRequest, request, response);
    if (body !== null) response.json(await workbook.rows(editorOf(personOf(request)), body.tabId, body.rows));
  });
  router.post('/view', async (request, response) => {
    const body = parse(viewRequest, request, response);
    if (body !== null) response.json(await workbook.view(body));
  });
  router.post('/values', async (request, response) => {
    const body = parse(valuesRequest, request, response);
    if (body !== null) response.json({ values: await workbook.values(body.tabId, body.column) });
  });
  router.post('/find', async (request, response) => {
    const body = parse(findRequest, request, response);
    if (body !== null) response.json({ matches: await workbook.find(body.tabId, body.text) });
  });
  router.post('/edits', async (request, response) => {
    const body = parse(editRequest, request, response);
    if (body === null) return;
    const editor = editorOf(personOf(request));
    response.json(await workbook.edit(editor, body.tabId, body.revision, body.edit));
  });
}

function addScriptRoutes(router: express.Router, { host }: WorkbookRoutesOptions, live: LivePages): void {
  router.get('/menus', async (_request, response) => void response.json({ menus: await host.menu() }));
  router.post('/run', async (request, response) => {
    const body = parse(runRequest, request, response);
    if (body === null) return;
    const ui = live.uiOf(body.client);
    if (ui === null) return refuse(response, 'The connection to the workbook was lost. Reload the page.');
    const context = { person: personOf(request), selection: body.selection as Selection | null };
    const answer: PageRun = await host.run(body.functionName, body.arguments ?? [], ui, context).then(
      (result) => ({ ok: true, result: result ?? null }),
      // As Google shows it: the error of the script itself.
      (error: unknown) => ({ ok: false, message: error instanceof Error ? error.message : String(error) }),
    );
    response.json(answer);
  });
  router.get('/html/:id', async (request, response) => {
    const html = live.html(request.params.id ?? '');
    if (html === null) return void response.status(404).send('This page was closed.');
    const origin = `http://${request.headers.host}`;
    response
      .set('content-security-policy', ADDON_PAGE_POLICY)
      .type('html')
      .send(await addonPage(html, await host.functions(), origin));
  });
  router.post('/dialogs', (request, response) => {
    const body = parse(dialogRequest, request, response);
    if (body !== null) response.json({ ok: live.answer(body.id, { button: body.button, text: body.text }) });
  });
}

function addRehearsalRoutes(router: express.Router, rehearsal: Rehearsal): void {
  router.get('/rehearsal', async (request, response) => {
    const { sku } = request.query;
    const stores = await rehearsal.stores(typeof sku === 'string' ? sku : null);
    response.json({ stores, customersAreBuying: rehearsal.customers?.areBuying() ?? null });
  });
  router.post('/rehearsal', (request, response) => {
    const change = parse(customersChange, request, response);
    if (change === null) return;
    rehearsal.customers?.letBuy(change.areBuying);
    response.json({ ok: true });
  });
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
