// Stores as the sidebar shows them: health, last syncs, what is owed, when the next hard refresh is possible.

import { sql } from 'kysely';
import type { StoreHealth, StoreView } from '../../shared/api/stores.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import { nextListingsRefreshAt } from '../../shared/model/listings-refresh.ts';
import { type ChannelDefinition, channelLabel, type DefinitionOf } from '../channels/channel.ts';
import type { Database } from '../database/database.ts';
import type { StoreBudget } from '../database/schema/stores.ts';
import { isOwed } from '../listings/owed.ts';
import { fullPush } from './budgets.ts';

/** All stores, or the one asked for; in the order they were connected. */
export async function readStoreViews(
  db: Database,
  definitionOf: DefinitionOf,
  storeId?: StoreId,
): Promise<readonly StoreView[]> {
  const stores = await db
    .selectFrom('stores')
    .selectAll()
    .$if(storeId !== undefined, (query) => query.where('id', '=', storeId as StoreId))
    .orderBy('created_at')
    .execute();
  const warehouses = await db
    .selectFrom('store_warehouses')
    .innerJoin('warehouses', 'warehouses.id', 'store_warehouses.warehouse_id')
    .select(['store_id', 'location_id', 'warehouse_id', 'warehouses.name'])
    .orderBy('store_warehouses.position')
    .execute();
  const locations = await db
    .selectFrom('store_locations')
    .select(['store_id', 'location_id as id', 'name', 'not_ours'])
    .where('gone_at', 'is', null)
    .orderBy('position')
    .execute();
  const counts = await countListings(db);
  return stores.map((store) => ({
    id: store.id,
    channel: store.channel,
    channelLabel: channelLabel(definitionOf, store.channel),
    name: store.name,
    syncOn: store.sync_on,
    drafts: store.settings.drafts,
    onDrift: store.settings.onDrift,
    options: store.settings.options,
    warehouses: warehouses
      .filter((place) => place.store_id === store.id)
      .map((place) => ({ locationId: place.location_id, warehouseId: place.warehouse_id, name: place.name })),
    locations: locations
      .filter((place) => place.store_id === store.id)
      .map(({ id, name, not_ours: notOurs }) => {
        const mapped = warehouses.find((place) => place.store_id === store.id && place.location_id === id);
        const ours = mapped !== undefined ? true : notOurs ? false : null;
        return { id, name, warehouseId: mapped?.warehouse_id ?? null, ours };
      }),
    health: store.health as StoreHealth,
    healthMessage: store.health_message,
    slowedUntil: iso(store.health === 'slowed' ? store.slowed_until : null),
    webhookHealth: store.webhook_health,
    ordersSyncedAt: iso(store.orders_synced_at),
    listingsSyncedAt: iso(store.listings_synced_at),
    inventorySyncedAt: iso(store.inventory_synced_at),
    openingImportedAt: iso(store.opening_imported_at),
    nextListingsRefreshAt: iso(nextListingsRefreshAt(store.listings_refreshed_at)),
    progress: store.progress,
    accessEndsAt: iso(store.access_ends_at),
    accessMessage: store.access_message,
    budget: store.budget,
    ...sizes(definitionOf(store.channel), counts.get(store.id), store.budget),
  }));
}

function sizes(definition: ChannelDefinition | null, counts: Counts | undefined, budget: StoreBudget | null) {
  const known = counts ?? { listings: 0, owed: 0, problems: 0 };
  return {
    ...known,
    fullPush: definition === null ? null : fullPush(definition.manifest, known.listings, budget),
  };
}

type Counts = { readonly listings: number; readonly owed: number; readonly problems: number };

async function countListings(db: Database): Promise<ReadonlyMap<StoreId, Counts>> {
  const { rows } = await sql<Counts & { storeId: StoreId }>`
    select store_id as "storeId", count(distinct remote_id)::bigint as listings, count(*) filter (where ${isOwed})::bigint as owed,
      count(*) filter (where problem is not null)::bigint as problems
    from listings where gone_at is null group by store_id`.execute(db);
  return new Map(rows.map(({ storeId, ...counts }) => [storeId, counts]));
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;
