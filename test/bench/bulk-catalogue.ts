// A settled catalogue of any size, put straight into the tables: it only prepares the state that a benchmark starts from. What
// is measured afterwards goes the product's own ways.

import { sql } from 'kysely';
import type { Credentials } from '../../server/channels/manifest.ts';
import { channels } from '../../server/channels/registry.ts';
import type { Database } from '../../server/database/database.ts';
import { createWarehouse } from '../../server/documents/warehouses.ts';
import type { Vault } from '../../server/secrets/vault.ts';
import { credentialsContext, webhookSecretContext } from '../../server/sync/connect-store.ts';
import { type StoreId, toStoreId, toWarehouseId } from '../../shared/model/ids.ts';

/** Stores with sync on that nothing is known to be wrong with. Without credentials they cannot be reached. */
export async function fillStores(
  db: Database,
  vault: Vault,
  count: number,
  credentialsOf: (index: number) => Credentials = () => ({}),
): Promise<readonly StoreId[]> {
  await createWarehouse(db, { id: toWarehouseId('main'), name: 'Main' });
  const stores = Array.from({ length: count }, (_, index) => toStoreId(`bench-${index}`));
  for (const [index, id] of stores.entries()) {
    const credentials = vault.encrypt(JSON.stringify(credentialsOf(index)), credentialsContext(id));
    await insertStore(db, vault, { id, index, credentials });
  }
  return stores;
}

/** Every product is listed in every store at 50, and every store was told so. */
export async function fillProducts(db: Database, count: number): Promise<void> {
  const numbers = sql`generate_series(1, ${count}::integer) as number`;
  await sql`
    insert into products (sku, title, version)
    select 'SKU-' || number, 'Product ' || number || ', blue', 1 from ${numbers}`.execute(db);
  await sql`
    insert into balances (sku, warehouse_id, in_stock, is_set) select sku, 'main', 50, true from products`.execute(
    db,
  );
  await sql`
    insert into moves (sku, warehouse_id, in_stock_change, booked_change, in_stock_after, booked_after, is_set_after,
      version, cause, reference, actor, at)
    select sku, 'main', 50, 0, 50, 0, true, 1, 'opening', 'bench', 'bench', now() from products`.execute(db);
  await sql`
    insert into listings (store_id, remote_id, handle, sku, title, state, tracked, desired_version,
      acknowledged_version, acknowledged_quantity, acknowledged_at, expected)
    select stores.id, products.sku, products.sku, products.sku, products.title, 'active', true, 1, 1, 50, now(), 50
    from stores cross join products`.execute(db);
  await sql`analyze`.execute(db);
}

type NewStore = { readonly id: StoreId; readonly index: number; readonly credentials: string };

async function insertStore(db: Database, vault: Vault, { id, index, credentials }: NewStore): Promise<void> {
  const channel = channels[index % channels.length]?.manifest.id ?? '';
  const settings = { drafts: false, locationIds: [], options: {}, onDrift: 'overwrite', ordersEveryMs: null };
  await sql`
    insert into stores (id, channel, name, credentials, webhook_secret, settings, sync_on, sync_on_at, opening_choice,
      opening_imported_at, orders_cursor, orders_fresh_at, orders_synced_at, listings_synced_at, listings_complete_at,
      inventory_synced_at)
    values (${id}, ${channel}, ${`Store ${index + 1}`}, ${credentials},
      ${vault.encrypt('secret', webhookSecretContext(id))}, ${JSON.stringify(settings)}, true, now(), 'keep', now(),
      now(), now(), now(), now(), now(), now())`.execute(db);
  await sql`insert into store_warehouses (store_id, warehouse_id) values (${id}, 'main')`.execute(db);
}
