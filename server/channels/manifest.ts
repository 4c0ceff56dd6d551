// What a channel is, as data: the words people see, the connect form, what the shop can do and the limits it publishes.

/** One store's credentials, as the connect form asked for them. */
export type Credentials = Readonly<Record<string, string>>;

export type CredentialField = {
  readonly key: string;
  readonly label: string;
  /** Where the shop owner finds it, in one sentence. */
  readonly help: string;
  readonly secret: boolean;
  readonly required: boolean;
  /** Example shown in the empty field. */
  readonly placeholder?: string;
  /** `url`: an address typed by a person, checked by the egress guard before anything is sent to it. */
  readonly kind?: 'text' | 'url';
  /** Only for rehearsal stores on this machine: left out of the connect form, and refused for any other address. */
  readonly rehearsalOnly?: boolean;
  /** false: nothing that can be asked of the shop proves this one right (a secret that only signs deliveries). */
  readonly provable?: boolean;
};

/** Where a rehearsal store answers, on this machine. */
export const REHEARSAL_ADDRESS: CredentialField = {
  key: 'apiBase',
  label: 'Address of the rehearsal shop',
  help: 'Only for rehearsal stores.',
  secret: false,
  required: false,
  kind: 'url',
  rehearsalOnly: true,
};

/** For shops whose published times would be too long to watch. */
export const REHEARSAL_PACE: CredentialField = {
  key: 'rehearsalPace',
  label: 'Pace of the rehearsal shop',
  help: 'Only for rehearsal stores: how many times faster than the real shop it is.',
  secret: false,
  required: false,
  rehearsalOnly: true,
};

const PACE_MAX = 1_000;

/** How many times faster than the real one this shop is; 1 for every shop that is not a rehearsal. */
export function paceOf(credentials: Credentials): number {
  if ((credentials[REHEARSAL_ADDRESS.key] ?? '') === '') return 1;
  const pace = Number(credentials[REHEARSAL_PACE.key] ?? '1');
  return pace > 1 ? Math.min(pace, PACE_MAX) : 1;
}

export type SettingField = {
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly initial: string;
};

export type ChannelCapabilities = {
  /** Compares and sets in one step: a sale in between cannot be overwritten. */
  readonly compareAndSet: boolean;
  readonly locations: boolean;
  readonly drafts: boolean;
  readonly webhooks: boolean;
  /** It has webhooks that a person sets up at the shop: nothing here can register or mend them. */
  readonly webhooksByHand?: boolean;
  /** Negative quantities are refused or meaningless everywhere; the cap is the highest number the shop takes. */
  readonly quantityMax: number;
  /** Orders changed since a time can be asked for; every change moves that time. */
  readonly ordersByUpdate: boolean;
  /** false: a refund does not say whether its units went back on sale, so a person counts them in. Absent: it does. */
  readonly refundsSayRestock?: boolean;
  /** How long after a change the shop's list of orders shows it. Absent: at once. */
  readonly ordersListedAfterMs?: number;
  /** Every listing has a SKU, which is its identity and never changes. */
  readonly skuIsIdentity?: boolean;
};

/** A limit the shop publishes; the limiter obeys it across processes. `source` names the page and date in the README. */
export type PublishedLimit =
  | {
      readonly kind: 'window';
      readonly requests: number;
      readonly perMs: number;
      /** A second budget over the last 24 hours, counted in blocks of half an hour. */
      readonly requestsPerDay?: number;
    }
  /** A bucket of points that refills; the real cost comes with each answer. */
  | { readonly kind: 'cost'; readonly bucketPoints: number; readonly restorePointsPerSecond: number }
  /** Nothing is published: at most so many requests at the same time. */
  | { readonly kind: 'concurrency'; readonly requestsAtOnce: number };

/** `calls` calls for each `listings` listings, begun or whole. */
export type PushCost = {
  readonly calls: number;
  readonly listings: number;
  /** What each of them costs where the shop counts points. */
  readonly points?: number;
  /** The name of the operation in ChannelManifest.limits.operations whose budget they use up; absent: that of the store. */
  readonly operation?: string;
};

export type ChannelManifest = {
  /** Lower-case word, also the folder's name. */
  readonly id: string;
  readonly label: string;
  readonly credentialFields: readonly CredentialField[];
  readonly settingFields: readonly SettingField[];
  readonly capabilities: ChannelCapabilities;
  readonly limits: {
    readonly rate: PublishedLimit;
    /** Limits of single operations, obeyed besides `rate`, by the name in ChannelRequest.operation. */
    readonly operations?: Readonly<Record<string, PublishedLimit>>;
    readonly pushBatchMax: number;
    readonly requestTimeoutMs: number;
    /**
     * Keys of credentialFields that the shop counts its limits for, such as those of an app: stores with the same values share
     * one budget. Absent: each store has its own.
     */
    readonly countedFor?: readonly string[];
    /**
     * What a full push costs, for telling a person beforehand how long it takes.
     */
    readonly fullPush?: readonly PushCost[];
  };
  readonly rhythm: {
    /** The fastest order pull that the published limits allow. */
    readonly ordersFastestMs: number;
    readonly listingsEveryMs: number;
    /** Listings that are read back at a time after a pull of listings, though nothing is owed to them. Absent: 500. */
    readonly readBackMax?: number;
    /** How far before its cursor an order pull reads again. */
    readonly ordersOverlapMs: number;
    /** How soon after an order pull a push may ask for orders once more. Absent: at once. */
    readonly ordersAgainAfterMs?: number;
    /** How long an open order of which nothing was heard may wait to be read again by id. Absent: an hour. */
    readonly openOrdersAgainAfterMs?: number;
    /** How many of them one pull reads at most: fewer where each takes a call, more where they come by the page. Absent: 50. */
    readonly openOrdersAgainMax?: number;
  };
  /** Over plain http requests are signed and the keys stay here; without it only https is called. */
  readonly signsPlainHttp?: boolean;
  /**
   * Hosts that requests may go to besides an address typed by the person; `{field}` stands for a credential, `*.` at the
   * beginning for any name below.
   */
  readonly hosts: readonly string[];
};
