// What every channel's stand-in offers: a loopback server with a shop's memory, customers that can be played, and
// faults that can be switched on. Channel-specific routes and rules live in the channel's own simulator.ts.

import type { Credentials } from './manifest.ts';
import type { SimulationRequest } from './simulation-request.ts';

export type SimulatedProduct = {
  readonly sku: string | null;
  readonly title: string;
  readonly quantity: number;
  readonly state?: 'active' | 'draft' | 'inactive';
  readonly tracked?: boolean;
  /** Products with the same group are variants of one parent, where the channel has parents. */
  readonly group?: string;
};

/** A variant is called by what makes it different: "Blue Jeans - Large" of "Blue Jeans" is "Large". Null: it is no variant. */
export function optionOf({ group, title }: Pick<SimulatedProduct, 'group' | 'title'>): string | null {
  if (group === undefined) return null;
  return title.startsWith(`${group} - `) ? title.slice(group.length + 3) : title;
}

export const SIMULATED_FAULTS = [
  'throttle', // 429, or the channel's own way of saying it, each time another one, absurd ones too
  'busy', // the same in the most usual way
  'serverError', // 5xx
  'html', // an HTML page where JSON belongs, status 200
  'timeoutBefore', // the request is lost before it acts
  'timeoutAfter', // it acts, the answer is lost
  'revoked', // the token no longer works
  'loseWebhooks',
  'repeatWebhooks',
  'shuffleWebhooks',
  'slow',
] as const;
export type SimulatedFault = (typeof SIMULATED_FAULTS)[number];

export type SimulatedLine = { readonly remoteId: string; readonly quantity: number };

export type SimulatedOrder = {
  readonly remoteId: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly remoteId: string;
    readonly quantity: number;
  }[];
};

/** One running simulated shop. */
export type SimulatedShop = {
  /** What a person would type to connect this shop. */
  readonly credentials: Credentials;
  /** Where it listens on the loopback address. */
  readonly port: number;
  /** Adds a product; returns its listing's remoteId. */
  readonly addProduct: (product: SimulatedProduct) => string;
  readonly removeProduct: (remoteId: string) => void;
  readonly changeProduct: (remoteId: string, change: Partial<Omit<SimulatedProduct, 'quantity'>>) => void;
  /** What customers see right now, by listing. */
  readonly shelf: () => readonly { remoteId: string; sku: string | null; title: string; quantity: number }[];
  /** Somebody edits the number in the shop's own back office. */
  readonly editQuantity: (remoteId: string, quantity: number) => void;
  /** A customer buys. The shop takes the units off its own number, as the real one would. */
  readonly buy: (lines: readonly SimulatedLine[]) => SimulatedOrder;
  /** Sends units; all that is left of the order when `lines` is not given. */
  readonly fulfil: (orderRemoteId: string, lines?: readonly { lineId: string; quantity: number }[]) => void;
  readonly cancel: (orderRemoteId: string) => void;
  readonly refund: (
    orderRemoteId: string,
    lines: readonly { lineId: string; quantity: number }[],
    options: { readonly restock: boolean },
  ) => void;
  readonly editLine: (orderRemoteId: string, lineId: string, quantity: number) => void;
  readonly deleteOrder: (orderRemoteId: string) => void;
  /** Switches a fault on for the next `count` requests or deliveries (default: until switched off). */
  readonly setFault: (fault: SimulatedFault, count?: number) => void;
  readonly clearFaults: () => void;
  /** Every request that asked to change a quantity, in order, as it was received. */
  readonly writes: () => readonly { at: Date; remoteId: string; quantity: number; applied: boolean }[];
  /** Requests received since the start, by route or operation name. */
  readonly requests: () => Readonly<Record<string, number>>;
  /** Waits until every webhook that is due has been delivered or has failed. */
  readonly webhooksSettled: () => Promise<void>;
  /** The shop's memory, to start again with the same one. */
  readonly save: () => unknown;
  readonly close: () => Promise<void>;
};

export type SimulatorOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  readonly now?: () => Date;
  /** What `save` returned earlier. */
  readonly memory?: unknown;
  /** Each change of the shop's memory, for a caller that keeps it on disk. */
  readonly onChange?: () => void;
  /** How long each answer takes; or, where a clock is played, what waits until it is due while the shop works it out. */
  readonly latencyMs?: number | ((request: SimulationRequest) => Promise<void>);
  /** Obey the published rate limits (default true). */
  readonly limits?: boolean;
  /**
   * How many times faster than the real shop its delays and its limits by the second are (default 1). Only for channels that
   * are too slow to watch; `credentials` tell it to the channel (REHEARSAL_PACE).
   */
  readonly pace?: number;
};

export type ChannelSimulator = (options: SimulatorOptions) => Promise<SimulatedShop>;
