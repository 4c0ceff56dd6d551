// What the HTTP side needs from the rest of the product. Every decision about stock and stores is behind these functions.

import type { ListChannelsAnswer } from '../../shared/api/channels.ts';
import type { ExportAnswer, ExportKind, ImportAnswer, ImportKind } from '../../shared/api/csv.ts';
import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { DraftLowStockAnswer } from '../../shared/api/low-stock.ts';
import type { OpenRefundsAnswer, SettleRefundRequest } from '../../shared/api/refunds.ts';
import type { ReverseAnswer } from '../../shared/api/reversals.ts';
import type { SubmitRowsAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import type {
  AuthorizeStoreAnswer,
  AuthorizeStoreRequest,
  ConnectStoreAnswer,
  ConnectStoreRequest,
  ListStoresAnswer,
  Question,
  SetSyncRequest,
  StoreSettingsRequest,
  TaskAnswer,
} from '../../shared/api/stores.ts';
import type { TurnOnPlan } from '../../shared/api/turn-on.ts';
import type {
  ChangeWarehouseRequest,
  CreateWarehouseRequest,
  ListWarehousesAnswer,
  MapPlacesRequest,
  WarehouseAnswer,
} from '../../shared/api/warehouses.ts';
import type { Sku, StoreId, WarehouseId } from '../../shared/model/ids.ts';
import type { AccessServices } from './access.ts';
import type { Caller } from './authenticate.ts';

/** Null: there is no such store. */
type ForStore<Answer> = Promise<Answer | null>;

/** A moment, or the end of a day by the sheet's clock. */
export type PastMoment = { readonly at: Date } | { readonly endOf: string };

export type HttpServices = {
  /** People, keys, pairing, formulas, nudges. */
  readonly access: AccessServices;
  /** Null: no tab goes by this word. */
  readonly submitRows: (
    tab: string,
    rows: readonly SubmittedRow[],
    caller: Caller,
  ) => Promise<SubmitRowsAnswer | null>;
  readonly reverse: (reference: string, caller: Caller) => Promise<ReverseAnswer>;
  readonly exportFile: (what: ExportKind) => Promise<ExportAnswer>;
  /** Null: there is no such link, or it is too old. */
  readonly openExport: (token: string) => Promise<ExportedFile | null>;
  readonly importFile: (what: ImportKind, csv: string, caller: Caller) => Promise<ImportAnswer>;
  readonly listChannels: () => Promise<ListChannelsAnswer>;
  readonly listStores: () => Promise<ListStoresAnswer>;
  readonly connectStore: (request: ConnectStoreRequest, caller: Caller) => Promise<ConnectStoreAnswer>;
  /** The shop's page to allow access on, or what is missing. */
  readonly authorizeStore: (request: AuthorizeStoreRequest, caller: Caller) => ForStore<AuthorizeStoreAnswer>;
  /** The person is back from the shop. Null: no such channel. */
  readonly finishAuthorization: (
    channel: string,
    query: Readonly<Record<string, string>>,
  ) => Promise<AuthorizationResult | null>;
  /** Starts reading what would change, or says how far that is. */
  readonly turnOnPlan: (storeId: StoreId, again: boolean) => ForStore<TurnOnPlan>;
  readonly setSync: (storeId: StoreId, request: SetSyncRequest, caller: Caller) => ForStore<TaskAnswer>;
  readonly listRefunds: () => Promise<OpenRefundsAnswer>;
  readonly settleRefund: (request: SettleRefundRequest, caller: Caller) => Promise<TaskAnswer>;
  readonly answerQuestion: (storeId: StoreId, question: Question, caller: Caller) => ForStore<TaskAnswer>;
  readonly changeSettings: (
    storeId: StoreId,
    request: StoreSettingsRequest,
    caller: Caller,
  ) => ForStore<TaskAnswer>;
  readonly mapPlaces: (storeId: StoreId, request: MapPlacesRequest, caller: Caller) => ForStore<TaskAnswer>;
  readonly listWarehouses: () => Promise<ListWarehousesAnswer>;
  readonly createWarehouse: (request: CreateWarehouseRequest, caller: Caller) => Promise<WarehouseAnswer>;
  readonly changeWarehouse: (
    id: WarehouseId,
    request: ChangeWarehouseRequest,
    caller: Caller,
  ) => Promise<WarehouseAnswer>;
  readonly syncNow: (storeId: StoreId, caller: Caller) => ForStore<TaskAnswer>;
  readonly refreshInventory: (storeId: StoreId, caller: Caller) => ForStore<TaskAnswer>;
  readonly refreshListings: (storeId: StoreId, caller: Caller) => ForStore<TaskAnswer>;
  readonly disconnectStore: (storeId: StoreId, caller: Caller) => ForStore<TaskAnswer>;
  readonly draftLowStockOrder: (skus: readonly Sku[], caller: Caller) => Promise<DraftLowStockAnswer>;
  /** Null: no product has this SKU. `then`: as of a past moment; null: now. */
  readonly explain: (sku: Sku, then: PastMoment | null) => Promise<ExplainAnswer | null>;
  readonly openWebhook: (storeId: StoreId) => ForStore<WebhookReceiver>;
  /** What is not working, one sentence each; empty when everything answers. */
  readonly findProblems: () => Promise<readonly string[]>;
  /** A prom-client Registry fits. */
  readonly metrics: { readonly contentType: string; readonly metrics: () => Promise<string> };
};

export type AuthorizationResult =
  | {
      readonly kind: 'connected' | 'renewed';
      readonly name: string;
      readonly findings: ConnectStoreAnswer['findings'];
    }
  | { readonly kind: 'refused'; readonly message: string; readonly findings: ConnectStoreAnswer['findings'] };

export type ExportedFile = { readonly name: string; readonly pieces: AsyncIterable<string> };

export type WebhookDelivery = {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
};

export type WebhookReceiver = {
  /** False when it was not signed by this store, or no secret is known for it. */
  readonly verify: (delivery: WebhookDelivery) => Promise<boolean>;
  /** Stores the hint and wakes a worker. Never calls the channel: the store waits for our answer. */
  readonly accept: (delivery: WebhookDelivery) => Promise<void>;
  /** What to answer when the shop asks whether this address is ours; null when the question is none. */
  readonly answerChallenge: (
    query: Readonly<Record<string, string>>,
  ) => Readonly<Record<string, string>> | null;
};
