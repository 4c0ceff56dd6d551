// Rows of Stores: every connected account; there are few, so all are read each time.

import { sql } from 'kysely';
import { nextListingsRefreshAt } from '../../shared/model/listings-refresh.ts';
import { toLocalTime } from '../../shared/model/time-zone.ts';
import type { Database } from '../database/database.ts';
import type { SheetContext } from './context.ts';
import { type SheetRow, toText, toTime } from './row.ts';

export async function readStores(
  db: Database,
  { warehouses, channelLabel, timeZone }: SheetContext,
): Promise<readonly SheetRow[]> {
  const names = new Map<string, string>(warehouses.map(({ id, name }) => [id, name]));
  const stores = await db
    .selectFrom('stores')
    .selectAll()
    .select(
      sql<string[]>`array(select distinct warehouse_id from store_warehouses where store_id = stores.id)`.as(
        'places',
      ),
    )
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return stores.map((store) => ({
    key: store.id,
    cells: {
      store: toText(store.name),
      channel: toText(channelLabel(store.channel)),
      sync: store.sync_on ? 'on' : 'off',
      drafts: store.settings.drafts ? 'yes' : 'no',
      warehouses: toText(
        store.places
          .map((id) => names.get(id) ?? id)
          .sort()
          .join(', '),
      ),
      orders: toTime(store.orders_synced_at),
      listings: toTime(store.listings_synced_at),
      inventory: toTime(store.inventory_synced_at),
      health: store.health,
      message: toText(messageOf(store, timeZone)),
      nextRefresh: toTime(nextListingsRefreshAt(store.listings_refreshed_at)),
      budget: store.budget?.words ?? '',
      rowKey: store.id,
    },
  }));
}

type Told = {
  readonly health: string;
  readonly health_message: string;
  readonly slowed_until: Date | null;
  readonly access_message: string;
  readonly progress: { task: string; done: number; total: number | null } | null;
};

function messageOf(store: Told, timeZone: string): string {
  const until = store.health === 'slowed' ? store.slowed_until : null;
  if (until !== null)
    return `${store.health_message} It is asked again at ${toLocalTime(until, timeZone).slice(0, 16)}.`;
  if (store.health_message !== '') return store.health_message;
  if (store.progress === null) return store.access_message;
  const { task, done, total } = store.progress;
  return total === null ? `${task}: ${done}` : `${task}: ${done} of ${total}`;
}
