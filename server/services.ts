// What the HTTP side asks for, answered by the jobs' own functions. Part of the composition: it only puts things together.

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Registry } from 'prom-client';
import type { ListChannelsAnswer } from '../shared/api/channels.ts';
import type { SubmitRowsAnswer } from '../shared/api/rows.ts';
import type { TaskAnswer } from '../shared/api/stores.ts';
import type { WarehouseAnswer } from '../shared/api/warehouses.ts';
import { type StoreId, toWarehouseId, type WarehouseId } from '../shared/model/ids.ts';
import { endOfLocalDay } from '../shared/model/time-zone.ts';
import type { ChannelDefinition } from './channels/channel.ts';
import { createExportLink, readExportLink } from './csv/export-links.ts';
import { exportCsv } from './csv/exports.ts';
import { importCsv } from './csv/import-csv.ts';
import type { Database } from './database/database.ts';
import { readTimeZone } from './database/time-zone.ts';
import { draftLowStockOrder } from './documents/low-stock.ts';
import { readOpenRefunds, settleRefund } from './documents/returns.ts';
import { reverseReference } from './documents/reverse-reference.ts';
import type { SubmitOutcome } from './documents/row-outcome.ts';
import { documentOf } from './documents/submit-rows.ts';
import {
  addWarehouse,
  changeWarehouse,
  viewWarehouses,
  type WarehouseOutcome,
} from './documents/warehouses.ts';
import type { AccessServices } from './http/access.ts';
import type { Caller } from './http/authenticate.ts';
import type { HttpServices, PastMoment, WebhookReceiver } from './http/services.ts';
import { explainSku } from './listings/explain.ts';
import type { JobQueue } from './queue/queue.ts';
import type { StoreSchedules } from './store-schedules.ts';
import { answerQuestion } from './sync/answer-question.ts';
import { authorizeStore, callbackPath } from './sync/authorize-store.ts';
import { connectStore } from './sync/connect-store.ts';
import type { OpenStore, SyncContext } from './sync/context.ts';
import { type FinishParts, finishAuthorization } from './sync/finish-authorization.ts';
import { requestInventoryRefresh, requestListingsRefresh } from './sync/hard-refresh.ts';
import { storeHint } from './sync/inbox.ts';
import { webhookPath } from './sync/keep-webhooks.ts';
import { mapPlaces } from './sync/map-places.ts';
import { setSync } from './sync/set-sync.ts';
import { changeSettings, disconnectStore } from './sync/store-settings.ts';
import { readStoreViews } from './sync/store-views.ts';
import { askTurnOnPlan, planProblem } from './sync/turn-on.ts';
import { wakeAllThatOwe } from './sync/wake-pushes.ts';

export type ServicesParts = {
  readonly context: SyncContext;
  readonly queue: JobQueue;
  readonly schedules: StoreSchedules;
  readonly channels: readonly ChannelDefinition[];
  readonly connecting: FinishParts;
  readonly metrics: Registry;
  readonly access: AccessServices;
};

export function createServices(parts: ServicesParts): HttpServices {
  const { context, schedules } = parts;
  const { definitionOf } = parts.connecting;
  return {
    submitRows: async (tab, rows, caller) => {
      const submit = documentOf(tab);
      if (submit === null) return null;
      const stamp = { actor: caller.actor, at: context.now() };
      return answerRows(context, await submit(context.db, rows, stamp));
    },
    reverse: async (reference, caller) => {
      const stamp = { actor: caller.actor, at: context.now() };
      const { rows } = await answerRows(context, await reverseReference(context.db, reference, stamp));
      return { status: rows[0]?.status ?? 'error', message: rows[0]?.message ?? '' };
    },
    exportFile: (what) => createExportLink(context.db, what, context.now()),
    openExport: async (token) => {
      const what = await readExportLink(context.db, token, context.now());
      return what === null ? null : { name: `${what}.csv`, pieces: exportCsv(context.db, what) };
    },
    importFile: async (what, csv, caller) => {
      const stamp = () => ({ actor: caller.actor, at: context.now() });
      const { touched, ...answer } = await importCsv(context.db, what, Readable.from([csv]), stamp);
      await answerRows(context, { answers: [], touched: [...touched] });
      return answer;
    },
    listChannels: async () => ({
      channels: parts.channels.map((definition) => channelView(definition, context.publicUrl())),
    }),
    listStores: async () => ({ stores: [...(await readStoreViews(context.db, definitionOf))] }),
    connectStore: async (request) => {
      const outcome = await connectStore(context, parts.connecting, request);
      if (outcome.kind === 'refused') return { store: null, findings: [...outcome.findings] };
      await schedules.update(outcome.storeId);
      await context.wake('keep-webhooks', outcome.storeId);
      const [store = null] = await readStoreViews(context.db, definitionOf, outcome.storeId);
      return { store, findings: [...outcome.findings] };
    },
    authorizeStore: (request) => authorizeStore(context, parts.connecting, request),
    finishAuthorization: async (channel, query) => {
      if (definitionOf(channel) === null) return null;
      const outcome = await finishAuthorization(context, parts.connecting, { channel, query });
      if (outcome.kind !== 'refused') {
        await schedules.update(outcome.storeId);
        await context.wake('keep-webhooks', outcome.storeId);
        await context.wake('flush-sheet');
      }
      return { ...outcome, findings: [...outcome.findings] };
    },
    turnOnPlan: async (storeId, again) => {
      const store = await context.openStore(storeId);
      return store === null ? null : askTurnOnPlan(context, storeId, { again });
    },
    setSync: (storeId, request) =>
      ifKnown(context, storeId, async () => {
        const problem = request.on ? await planProblem(context, storeId, request.planId) : null;
        if (problem !== null) return { accepted: false, message: problem };
        const outcome = await setSync(context, storeId, request);
        await schedules.update(storeId);
        return outcome;
      }),
    listRefunds: () => readOpenRefunds(context.db),
    settleRefund: async (request, caller) => {
      const { touched, ...answer } = await settleRefund(context.db, request, {
        actor: caller.actor,
        at: context.now(),
      });
      if (touched.length > 0) await wakeAllThatOwe(context);
      await context.wake('flush-sheet');
      return answer;
    },
    answerQuestion: (storeId, question, caller) =>
      ifKnown(context, storeId, (store) => answerQuestion(context, store, { question, actor: caller.actor })),
    changeSettings: (storeId, request) =>
      ifKnown(context, storeId, async (store) => {
        const outcome = await changeSettings(context, store.definition, storeId, request);
        await schedules.update(storeId);
        return outcome;
      }),
    mapPlaces: (storeId, request, caller) =>
      ifKnown(context, storeId, () => mapPlaces(context, storeId, request, caller.actor)),
    listWarehouses: async () => ({ warehouses: [...(await viewWarehouses(context.db))] }),
    createWarehouse: async ({ name }, caller) =>
      answerWarehouse(
        context,
        await addWarehouse(context.db, { id: newWarehouseId(), name }, stampOf(context, caller)),
      ),
    changeWarehouse: async (id, request, caller) =>
      answerWarehouse(context, await changeWarehouse(context.db, id, request, stampOf(context, caller))),
    syncNow: (storeId) => ifKnown(context, storeId, (store) => syncNow(context, store)),
    refreshInventory: (storeId) => ifKnown(context, storeId, () => requestInventoryRefresh(context, storeId)),
    refreshListings: (storeId) => ifKnown(context, storeId, () => requestListingsRefresh(context, storeId)),
    disconnectStore: (storeId) =>
      ifKnown(context, storeId, async () => {
        const outcome = await disconnectStore(context, storeId);
        await schedules.remove(storeId);
        return outcome;
      }),
    draftLowStockOrder: async (skus, caller) => {
      const outcome = await draftLowStockOrder(context.db, skus, { actor: caller.actor, at: context.now() });
      await context.wake('flush-sheet');
      return outcome;
    },
    explain: async (sku, then) =>
      explainSku(context.db, sku, {
        at: await momentOf(context.db, then),
        now: context.now(),
        quantityMaxOf: (channel) =>
          definitionOf(channel)?.manifest.capabilities.quantityMax ?? Number.MAX_SAFE_INTEGER,
      }),
    openWebhook: (storeId) => openWebhook(context, storeId),
    findProblems: () => findProblems(parts),
    metrics: parts.metrics,
    access: parts.access,
  };
}

async function momentOf(db: Database, then: PastMoment | null): Promise<Date | null> {
  if (then === null || 'at' in then) return then?.at ?? null;
  return endOfLocalDay(then.endOf, await readTimeZone(db));
}

// R6, R7, R8: what moved stock does not wait for the next tick.
async function answerRows(context: SyncContext, outcome: SubmitOutcome): Promise<SubmitRowsAnswer> {
  if (outcome.touched.length > 0) await wakeAllThatOwe(context);
  await context.wake('flush-sheet');
  return { rows: [...outcome.answers] };
}

const stampOf = (context: SyncContext, caller: Caller) => ({ actor: caller.actor, at: context.now() });

async function answerWarehouse(context: SyncContext, outcome: WarehouseOutcome): Promise<WarehouseAnswer> {
  await context.wake('flush-sheet');
  const message = outcome.ok ? outcome.message : outcome.problem;
  return { accepted: outcome.ok, message, warehouses: [...(await viewWarehouses(context.db))] };
}

async function ifKnown(
  context: SyncContext,
  storeId: StoreId,
  work: (store: OpenStore) => Promise<TaskAnswer>,
): Promise<TaskAnswer | null> {
  const store = await context.openStore(storeId);
  if (store === null) return null;
  const outcome = await work(store);
  await context.wake('flush-sheet');
  return outcome;
}

async function syncNow(context: SyncContext, store: OpenStore): Promise<TaskAnswer> {
  if (!store.syncOn) return { accepted: false, message: `Turn sync of ${store.name} on first.` };
  await context.wake('pull-orders', store.id);
  return { accepted: true, message: `Reading the orders of ${store.name}, then pushing what it is owed.` };
}

/** Null: there is no such store, or its channel delivers nothing. */
export async function openWebhook(context: SyncContext, storeId: StoreId): Promise<WebhookReceiver | null> {
  const store = await context.openStore(storeId);
  const webhook = store?.definition.webhook;
  if (store === null || webhook === undefined) return null;
  const secrets = {
    own: store.webhookSecret,
    credentials: store.session.credentials,
    session: store.session,
  };
  return {
    verify: async (delivery) => webhook.verify(delivery, secrets),
    answerChallenge: (query) => {
      const publicUrl = context.publicUrl();
      if (publicUrl === null) return null;
      const address = new URL(webhookPath(storeId), publicUrl).href;
      return webhook.answerChallenge?.(query, address, secrets) ?? null;
    },
    accept: async (delivery) => {
      await storeHint(context.db, storeId, webhook.parse(delivery).hint, context.now());
      await context.wake('process-inbox', storeId);
    },
  };
}

async function findProblems({ context, queue }: ServicesParts): Promise<readonly string[]> {
  const database = await context.db
    .selectFrom('warehouses')
    .select('id')
    .limit(1)
    .execute()
    .then(() => true)
    .catch(() => false);
  const problems: string[] = [];
  if (!database) problems.push('The database does not answer.');
  if (!(await queue.ready())) problems.push('The queue does not answer.');
  return problems;
}

function channelView(
  { manifest, authorization }: ChannelDefinition,
  publicUrl: string | null,
): ListChannelsAnswer['channels'][number] {
  return {
    id: manifest.id,
    label: manifest.label,
    credentialFields: manifest.credentialFields
      .filter((field) => field.rehearsalOnly !== true)
      .map(({ key, label, help, secret, required, placeholder }) => ({
        key,
        label,
        help,
        secret,
        required,
        placeholder: placeholder ?? '',
      })),
    settingFields: manifest.settingFields.map((field) => ({ ...field, choices: [...field.choices] })),
    authorization:
      authorization === undefined
        ? null
        : {
            needs: [...authorization.needs],
            gives: [...authorization.gives],
            redirectUri: publicUrl === null ? null : new URL(callbackPath(manifest.id), publicUrl).href,
          },
    drafts: manifest.capabilities.drafts,
    locations: manifest.capabilities.locations,
  };
}

const newWarehouseId = (): WarehouseId => toWarehouseId(`warehouse-${randomUUID().slice(0, 8)}`);
