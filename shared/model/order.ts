// The neutral order snapshot that every channel maps to: what an order is now, in counts of units, never what happened.

export const ORDER_STATES = ['open', 'cancelled', 'deleted'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** The five counts of one line, all whole and ≥ 0. */
export type LineCounts = {
  /** Units ever asked for on this line, after edits. */
  readonly ordered: number;
  /** Units that left the warehouse. */
  readonly fulfilled: number;
  /** Units given back before they left: cancelled, removed by an edit, or refunded with restock while unfulfilled. */
  readonly released: number;
  /** Units refunded without restock while unfulfilled: not sent, and not back on sale. */
  readonly writtenOff: number;
  /** Units that came back after they had left, and are on sale again. */
  readonly restocked: number;
  /** Of `restocked`: units that another location had sent, on another line of the same order. Absent: none. */
  readonly sentElsewhere?: number;
};

/** A part of a count that the channel dates. Only used to tell what had already happened when sync was turned on. */
export type DatedCount = {
  readonly count: 'fulfilled' | 'released' | 'writtenOff' | 'restocked';
  readonly quantity: number;
  readonly at: Date;
};

export type OrderLine = {
  /** The channel's id of the line; it survives edits. */
  readonly lineId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly counts: LineCounts;
  readonly dated: readonly DatedCount[];
  /** The store's id of the listing that was sold (ListingSnapshot.remoteId), when the channel says it. */
  readonly listingRemoteId: string | null;
  /**
   * Units the shop has taken off that listing's own number for this line, and not given back. Feeds what we
   * expect the shop to show. Below 0 where units came back that another location had sent. `null`: the channel does not say;
   * ordered − released − restocked is assumed.
   */
  readonly taken: number | null;
  /** The store's location that serves the line, when the channel has locations. */
  readonly locationId: string | null;
  /** Why the line moves no stock of ours (marketplace warehouse, gift card, digital), or null. */
  readonly ignoredBecause: string | null;
};

/** Units that went back on nobody's word: the channel does not say which came back, or whether any did. A person is asked. */
export type UnclearRefund = {
  readonly id: string;
  readonly at: Date;
  /** For people, such as "12.00 EUR"; empty when the channel names no sum. */
  readonly amount: string;
  /** The units it is for, where the channel names them; absent: it names a sum of money only. */
  readonly units?: readonly RefundedUnits[];
};

export type RefundedUnits = { readonly lineId: string; readonly quantity: number };

export type OrderSnapshot = {
  readonly remoteId: string;
  /** The number people see. */
  readonly number: string;
  readonly placedAt: Date;
  /** The channel's own time of the last change. */
  readonly updatedAt: Date;
  readonly state: OrderState;
  /** The channel's own word for the state, shown to people. */
  readonly channelState: string;
  readonly test: boolean;
  readonly lines: readonly OrderLine[];
  /** Absent: none, or the channel's refunds say what came back. */
  readonly unclearRefunds?: readonly UnclearRefund[];
};

export const NO_COUNTS: LineCounts = { ordered: 0, fulfilled: 0, released: 0, writtenOff: 0, restocked: 0 };
