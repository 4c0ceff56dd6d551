// What every job gets: the database, the stores' channels, the queue as a wake-up, the clock.

import type { Logger } from 'pino';
import type { StoreId } from '../../shared/model/ids.ts';
import type { Channel, ChannelDefinition, ChannelSession } from '../channels/channel.ts';
import type { Database } from '../database/database.ts';
import type { StoreSettingsColumn } from '../database/schema/stores.ts';

export type WakeUpName =
  | 'pull-orders'
  | 'pull-listings'
  | 'push-available'
  | 'hard-refresh-inventory'
  | 'process-inbox'
  | 'read-turn-on-plan'
  | 'keep-webhooks'
  | 'pull-hints'
  | 'flush-sheet'
  | 'sweep';

export type OpenStore = {
  readonly id: StoreId;
  readonly name: string;
  readonly syncOn: boolean;
  readonly settings: StoreSettingsColumn;
  readonly definition: ChannelDefinition;
  readonly channel: Channel;
  readonly session: ChannelSession;
  /** What this store's deliveries are signed with when the channel lets us choose it. */
  readonly webhookSecret: string;
};

/** What a job left behind. What only moved times and counts of calls is shown in the sheet with the next sweep. */
export type JobEnd = { readonly changed: boolean };

export type SyncContext = {
  readonly db: Database;
  /** Null when the store is gone. Each call reads settings and credentials anew. */
  readonly openStore: (storeId: StoreId) => Promise<OpenStore | null>;
  /** A hint only: what is to be done is always read from the database. */
  readonly wake: (
    name: WakeUpName,
    storeId?: StoreId,
    data?: Readonly<Record<string, string>>,
    /** Not before then. */
    delayMs?: number,
  ) => Promise<void>;
  readonly now: () => Date;
  /** For the few jobs that have to wait for a shop in the middle of their work. */
  readonly pause: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly log: Logger;
  /** Where stores can reach this server; null when they cannot. */
  readonly publicUrl: () => string | null;
  /** Names this process in leases. */
  readonly holder: string;
};
