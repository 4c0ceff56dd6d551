// The channel contract: everything the rest of the product knows about a shop system. A channel is a folder that
// exports one ChannelDefinition, and a line in registry.ts.

import type { OrderSnapshot } from '../../shared/model/order.ts';
import type { ChannelHttp } from '../net/channel-http.ts';
import type { DayCounts } from '../net/day-counts.ts';
import type { ChannelManifest, Credentials } from './manifest.ts';
import type { ChannelSimulator } from './simulator.ts';

export type StoreSettings = {
  /** Take listings that are not on sale yet (Shopify drafts; other channels ignore it). */
  readonly drafts: boolean;
  /** The store's locations that are ours, first one first. Empty: the channel has none, or none was chosen yet. */
  readonly locationIds: readonly string[];
  /** Channel-specific choices, by the keys of ChannelManifest.settingFields. */
  readonly options: Readonly<Record<string, string>>;
};

/** What a channel needs to talk to one store. */
export type ChannelSession = {
  readonly credentials: Credentials;
  readonly settings: StoreSettings;
  /** Outbound calls: egress guard, limits shared by all processes, time-outs and the one layer of retries. */
  readonly http: ChannelHttp;
  /** Keeps credentials that the channel changed (a refreshed token). Resolves once they are stored. */
  readonly saveCredentials: (changed: Credentials) => Promise<void>;
  /** Whoever changes this store's credentials takes turns, among all processes: token refresh and the like. */
  readonly alone: <Result>(work: (fresh: Credentials) => Promise<Result>) => Promise<Result>;
  /** What this store allows only so often a day, counted for all processes together. */
  readonly dayCounts: DayCounts;
  readonly now: () => Date;
  /** Waits. Absent: in real time; where a clock is played, it waits by that one. */
  readonly sleep?: (ms: number) => Promise<void>;
};

export type ChannelDefinition = {
  readonly manifest: ChannelManifest;
  readonly open: (session: ChannelSession) => Channel;
  readonly webhook?: ChannelWebhook;
  /** Where the shop owner allows access at the shop itself instead of pasting everything. */
  readonly authorization?: ChannelAuthorization;
  /** When access ends by itself unless somebody acts, and what to do then; null when it does not. */
  readonly accessEnds?: (credentials: Credentials) => AccessEnd | null;
  /** Starts the stateful loopback stand-in of this channel, used by tests and by the rehearsal stores. */
  readonly simulator: ChannelSimulator;
};

/** Null: this version does not know the channel. */
export type DefinitionOf = (channel: string) => ChannelDefinition | null;

/** What people call it; one that is not known keeps its id. */
export const channelLabel = (definitionOf: DefinitionOf, channel: string): string =>
  definitionOf(channel)?.manifest.label ?? channel;

export type Channel = {
  /** Looks at the store and its settings. Never throws for what a person can mend: that is a finding. */
  readonly check: () => Promise<CheckReport>;
  readonly listListings: (query: ListingQuery, page: string | null) => Promise<ListingPage>;
  readonly listOrders: (query: OrderQuery, page: string | null) => Promise<OrderPage>;
  /**
   * One reading per id, in any order. An id that can no longer be read is `gone`. Of many, those may be left out for which the
   * shop allows no more calls today.
   */
  readonly readOrders: (remoteIds: readonly string[]) => Promise<readonly OrderReading[]>;
  readonly readAvailable: (listings: readonly ListingReference[]) => Promise<readonly AvailableReading[]>;
  /**
   * Tells the store absolute quantities. One result per target, whatever happens to the others; throws ChannelError
   * only when nothing is known about any of them. At most manifest.limits.pushBatchMax targets a call.
   * `key` identifies this attempt: a repeat after a lost answer carries the same key.
   */
  readonly setAvailable: (targets: readonly PushTarget[], key: string) => Promise<readonly PushResult[]>;
  /** The locations in use. Present where manifest.capabilities.locations is true. */
  readonly listLocations?: () => Promise<readonly ShopLocation[]>;

  /**
   * Hints that wait in a mailbox of the shop's (a message queue) instead of being delivered to us. `acknowledge` removes
   * them and is called once they are stored. Absent: the channel has no such thing.
   */
  readonly pullHints?: () => Promise<PulledHints>;
};

export type PulledHints = {
  readonly hints: readonly WebhookHint[];
  readonly acknowledge: () => Promise<void>;
};

// ---- authorization (OAuth 2) --------------------------------------------------------------------------------------

export type AccessEnd = {
  readonly at: Date;
  /** What to do before then, for the shop owner. */
  readonly message: string;
};

export type AuthorizationRequest = {
  /** What the person typed so far, by CredentialField.key. */
  readonly credentials: Credentials;
  /** Exactly the address registered with the shop's application. */
  readonly redirectUri: string;
  /** Single use; comes back with the person. */
  readonly state: string;
};

export type ChannelAuthorization = {
  /** The keys of credentialFields that must be typed before the person is sent to the shop. */
  readonly needs: readonly string[];
  /** The keys of credentialFields that the shop's answer fills in: nobody needs to paste them. */
  readonly gives: readonly string[];
  /** The shop's page where the person says yes. `codeChallenge`: PKCE, S256; channels without PKCE ignore it. */
  readonly start: (request: AuthorizationRequest & { readonly codeChallenge: string }) => string;
  /**
   * Trades what came back for credentials, complete and ready to store.
   * @throws ChannelError with a sentence for the person when the shop refuses.
   */
  readonly finish: (
    request: AuthorizationRequest & {
      /** The parameters the person came back with. */
      readonly query: Readonly<Record<string, string>>;
      readonly codeVerifier: string;
      readonly http: ChannelHttp;
      readonly now: Date;
    },
  ) => Promise<Credentials>;
};

// ---- check ----------------------------------------------------------------------------------------------------

export type Finding = {
  readonly level: 'blocker' | 'warning';
  /** What is wrong and where to click, for the shop owner. */
  readonly message: string;
  /** Units may be counted in the wrong warehouse: said again while the store works. Absent: it concerns the connecting only. */
  readonly concerns?: 'warehouses';
};

export type CheckReport = {
  /** The store's own name, to show to people; null when it could not be read. */
  readonly storeName: string | null;
  readonly findings: readonly Finding[];
  readonly locations: readonly ShopLocation[];
};

export type ShopLocation = { readonly id: string; readonly name: string };

// ---- listings -------------------------------------------------------------------------------------------------

/** `updatedFrom`: only listings changed since then, where the channel can tell (others may answer with all). */
export type ListingQuery = { readonly updatedFrom: Date | null };

export type ListingState = 'active' | 'draft' | 'inactive';

export type ListingSnapshot = {
  /** The store's id of the sellable thing (variant). Unique within the store. */
  readonly remoteId: string;
  /** What readAvailable and setAvailable need besides the remoteId (parent id, inventory item…). Opaque outside. */
  readonly handle: string;
  /**
   * The shop's own number that this listing shows, where several listings may show the same one: what holds for one of them
   * holds for all. Absent: it has a number of its own.
   */
  readonly stockId?: string;
  readonly sku: string | null;
  readonly title: string;
  readonly state: ListingState;
  /** false: the store does not count this listing's stock, so a quantity pushed would have no effect. */
  readonly tracked: boolean;
  /** Why this listing cannot be pushed to at all (a bundle the store computes, …), or null. */
  readonly notPushable: string | null;
  readonly updatedAt: Date;
};

export type ListingPage = {
  readonly listings: readonly ListingSnapshot[];
  /** Opaque; null after the last page. */
  readonly next: string | null;
};

export type ListingReference = {
  readonly remoteId: string;
  readonly handle: string;
  /** Where in the store; null or absent for channels without locations. Answers carry it back. */
  readonly locationId?: string | null;
};

/** Tells the places of listings apart, in questions and answers. */
export const placeKey = ({
  remoteId,
  locationId,
}: Pick<ListingReference, 'remoteId' | 'locationId'>): string =>
  JSON.stringify([remoteId, locationId || null]);

export type AvailableReading = ListingReference & {
  readonly reading:
    | { readonly kind: 'quantity'; readonly quantity: number }
    | { readonly kind: 'untracked' }
    | { readonly kind: 'gone' };
};

// ---- orders ---------------------------------------------------------------------------------------------------

/**
 * `updated`: every order changed at or after `from`, oldest change first.
 * `open`: every order that still has units to send, however old.
 */
export type OrderQuery = { readonly kind: 'updated'; readonly from: Date } | { readonly kind: 'open' };

export type OrderPage = {
  readonly orders: readonly OrderSnapshot[];
  readonly next: string | null;
  /** Every order changed before then is in this page or an earlier one; the newest order of the page when absent. */
  readonly readUpTo?: Date;
  /** The shop shows orders late: changes after this time may be missing however often it is asked. Absent: none are. */
  readonly freshUpTo?: Date;
};

export type OrderReading =
  | { readonly kind: 'order'; readonly order: OrderSnapshot }
  | { readonly kind: 'gone'; readonly remoteId: string };

// ---- push -----------------------------------------------------------------------------------------------------

export type PushTarget = ListingReference & {
  /** What the store shall show, ≥ 0. */
  readonly quantity: number;
  /** What the ledger believes the store shows now; null when nothing is known (then no comparison is made). */
  readonly expected: number | null;
  /** What any process last told it: for shops that show it only after a while. Absent: nothing yet. */
  readonly lastTold?: LastTold;
};

export type LastTold = {
  readonly quantity: number;
  readonly at: Date;
  /** False: the shop has not shown it yet, as far as is known. */
  readonly isConfirmed: boolean;
};

export type PushResult = ListingReference &
  (
    | { readonly kind: 'accepted' }
    /** The store shows something else than expected, be it the right number by chance; nothing was written. */
    | { readonly kind: 'stale'; readonly observed: number }
    /** Will not work until somebody changes something. */
    | { readonly kind: 'rejected'; readonly message: string }
    | { readonly kind: 'untracked'; readonly message: string }
    | { readonly kind: 'gone'; readonly message: string }
    /**
     * Not known whether it was done, or a passing trouble: try again later. `takesTime`: nothing is wrong, the shop is as slow as
     * always; people are told only when it goes on for long. `notSent`: this time nothing has left for it.
     */
    | {
        readonly kind: 'unknown';
        readonly message: string;
        readonly takesTime?: true;
        readonly notSent?: true;
      }
    /** Nothing was done, and nothing can be until then: the shop takes no more changes of this listing. */
    | { readonly kind: 'postponed'; readonly message: string; readonly until: Date }
  );

// ---- webhooks -------------------------------------------------------------------------------------------------

export type WebhookRequest = {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
};

/** What a delivery is about. The body is a hint only: the thing itself is read again. */
export type WebhookHint =
  | { readonly kind: 'order'; readonly remoteId: string }
  | { readonly kind: 'listings' }
  /** The listing's remoteId, or its handle where the shop names only that. */
  | { readonly kind: 'quantity'; readonly remoteId: string }
  | { readonly kind: 'uninstalled' }
  | { readonly kind: 'nothing' };

export type WebhookHealth =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'mended'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

export type ChannelWebhook = {
  /** Makes the store deliver to `address`, signed with `secret`. Safe to call again: repairs what is missing or disabled. */
  readonly register: (session: ChannelSession, address: string, secret: string) => Promise<WebhookHealth>;
  /** True when the delivery was signed by this store. No secret means false, never a pass. */
  readonly verify: (request: WebhookRequest, secrets: WebhookSecrets) => boolean | Promise<boolean>;
  /** The shop asks by GET whether this address is ours: the JSON to answer with, or null when this is no such question. */
  readonly answerChallenge?: (
    query: Readonly<Record<string, string>>,
    address: string,
    secrets: WebhookSecrets,
  ) => Readonly<Record<string, string>> | null;
  /** Only after verify. The delivery id where the channel has one that is unique, else null. */
  readonly parse: (request: WebhookRequest) => {
    readonly deliveryId: string | null;
    readonly hint: WebhookHint;
  };
};

/** `own`: the secret we registered with. Channels that sign with a credential take it from `credentials`. */
export type WebhookSecrets = {
  readonly own: string;
  readonly credentials: Credentials;
  /** For a shop whose public key has to be asked for. */
  readonly session?: ChannelSession;
};
