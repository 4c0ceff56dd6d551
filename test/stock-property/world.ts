// One world of the big property test: three warehouses, a store without locations and one with three, a few products, and the
// model beside them. Worlds share a database and know nothing of each other.

import { sql } from 'kysely';
import type { Database } from '../../server/database/database.ts';
import { createWarehouse } from '../../server/documents/warehouses.ts';
import type { Stamp } from '../../server/ledger/moves.ts';
import { availableToStore, isOwed, ruleOfListing } from '../../server/listings/owed.ts';
import { mapPlaces } from '../../server/sync/map-places.ts';
import { type Sku, toWarehouseId, type WarehouseId } from '../../shared/model/ids.ts';
import { NO_RULE, type Rule, toldQuantity } from '../../shared/model/rule.ts';
import { T0 } from '../support/orders.ts';
import { createScriptedWorld, type ScriptedStore, type ScriptedWorld } from '../support/scripted-store.ts';
import { locationsOf, type Mapping, type StockModel, sellable } from './model.ts';

/** D is in no store; K and L start as products like the others and become bundles on the way. */
export const SKUS = ['A', 'B', 'C', 'K', 'L', 'D'] as const;
export const LISTED: ReadonlySet<string> = new Set(SKUS.filter((sku) => sku !== 'D'));
export const WAREHOUSES = [1, 2, 3] as const;
export const LOCATIONS = ['l1', 'l2', 'l3'] as const;
const QUANTITY_MAX = 1_000_000;

export type StockWorld = {
  readonly db: Database;
  readonly name: string;
  readonly play: ScriptedWorld;
  readonly stores: readonly ScriptedStore[];
  readonly model: StockModel;
  readonly sku: (name: string) => Sku;
  readonly warehouse: (number: number) => WarehouseId;
  readonly stamp: () => Stamp;
  /** What listings were told at the last push: 'store sku@location' → units. */
  readonly told: Map<string, number>;
};

let worlds = 0;

export async function openStockWorld(db: Database): Promise<StockWorld> {
  worlds += 1;
  const name = `w${worlds}`;
  const play = createScriptedWorld(db, T0);
  for (const number of WAREHOUSES) {
    const id = toWarehouseId(`${name} warehouse ${number}`);
    await createWarehouse(db, { id, name: id });
  }
  const stores = [await play.addStore(`${name} web`), await play.addStore(`${name} chain`)];
  const model: StockModel = {
    places: new Map(),
    bundles: new Map(),
    listed: LISTED,
    stores: stores.map((_, index) => ({
      hasLocations: index === 1,
      isOn: true,
      since: 0,
      mapping: new Map(),
      orders: new Map(),
      rules: new Map(),
    })),
  };
  const world: StockWorld = {
    db,
    name,
    play,
    stores,
    model,
    sku: (short) => `${short}-${name}` as Sku,
    warehouse: (number) => toWarehouseId(`${name} warehouse ${number}`),
    stamp: () => ({ actor: 'test', at: play.now() }),
    told: new Map(),
  };
  await sql`insert into products (sku) select unnest(${SKUS.map(world.sku)}::text[])`.execute(db);
  for (const id of LOCATIONS) {
    await sql`insert into store_locations (store_id, location_id, name) values (${stores[1]?.id}, ${id}, ${id})`.execute(
      db,
    );
  }
  for (const store of stores) {
    await sql`insert into listings (store_id, remote_id, handle, sku, title, state, tracked, desired_version)
      select ${store.id}, sku, '', sku, sku, 'active', true, -1
      from unnest(${[...LISTED].map(world.sku)}::text[]) as sku`.execute(db);
  }
  await mapStore(world, 0, new Map([['', [1]]]));
  await mapStore(
    world,
    1,
    new Map([
      ['l1', [1]],
      ['l2', [2]],
    ]),
  );
  for (const store of model.stores)
    store.mapping = store.hasLocations
      ? new Map([
          ['l1', [1]],
          ['l2', [2]],
        ])
      : new Map([['', [1]]]);
  return world;
}

/** Says whether the product took it. */
export async function mapStore(world: StockWorld, index: number, mapping: Mapping): Promise<boolean> {
  const store = world.stores[index];
  if (store === undefined) throw new Error('There is no such store.');
  const warehouseOf = (location: string): WarehouseId | null => {
    const number = mapping.get(location)?.[0];
    return number === undefined ? null : world.warehouse(number);
  };
  // In the order of the mapping: the first one serves lines without a location.
  const ordered = [...mapping.keys(), ...LOCATIONS.filter((id) => !mapping.has(id))];
  const request =
    index === 0
      ? { warehouseIds: [...(mapping.get('') ?? [])].map(world.warehouse) }
      : { locations: ordered.map((id) => ({ id, warehouseId: warehouseOf(id), ours: mapping.has(id) })) };
  const outcome = await mapPlaces(world.play.context, store.id, request, 'test');
  return outcome.accepted;
}

type Held = {
  sku: string;
  warehouse: string;
  inStock: number;
  booked: number;
  incoming: number;
  isSet: boolean;
};
type Listed = {
  store: string;
  sku: string;
  location: string;
  available: number | null;
  rule: Rule | null;
  owed: boolean;
};

/** What changes whenever anything at all does. */
type Fingerprint = string;

export async function fingerprint({ db, name }: StockWorld): Promise<Fingerprint> {
  const { rows } = await sql<{ print: string }>`
    select concat_ws(' ',
      (select sum(version) from products where sku like ${`%-${name}`}),
      (select sum(desired_version) from listings where sku like ${`%-${name}`}),
      (select sum(revision) from delivery_lines where sku like ${`%-${name}`}),
      (select count(*) from bundle_components where bundle_sku like ${`%-${name}`})) as print`.execute(db);
  return rows[0]?.print ?? '';
}

/** Sentences about what the product has and the model does not say, or the other way round. */
export async function differences(world: StockWorld): Promise<readonly string[]> {
  const { db, model, stores } = world;
  const skus = SKUS.map(world.sku);
  const { rows: held } = await sql<Held>`
    select sku, warehouse_id as warehouse, in_stock as "inStock", booked, incoming, is_set as "isSet"
    from balances where sku = any(${skus}::text[])`.execute(db);
  const { rows: listed } = await sql<Listed>`
    select store_id as store, sku, location_id as location, ${availableToStore} as available, ${ruleOfListing} as rule,
      ${isOwed} as owed
    from listings where store_id = any(${stores.map(({ id }) => id)}::text[]) and gone_at is null`.execute(
    db,
  );
  const said = new Map<string, string>();
  for (const { sku, warehouse, ...numbers } of held) {
    const show = Object.values(numbers).join('/');
    if (show !== '0/0/0/false') said.set(`${sku} in ${warehouse}`, show);
  }
  const wanted = new Map<string, string>();
  for (const [key, { inStock, booked, incoming, isSet }] of model.places) {
    const [sku = '', warehouse] = key.split('@');
    const show = `${inStock}/${booked}/${incoming}/${isSet}`;
    if (show !== '0/0/0/false')
      wanted.set(`${world.sku(sku)} in ${world.warehouse(Number(warehouse))}`, show);
  }
  for (const { store, sku, location, available, rule } of listed) {
    const told = available === null ? null : toldQuantity(available, rule ?? NO_RULE, QUANTITY_MAX);
    said.set(`${store} is to show of ${sku}@${location}`, `${told}`);
  }
  const unowed = new Set(
    listed.filter(({ owed }) => !owed).map((row) => `${row.store} ${row.sku}@${row.location}`),
  );
  const forgotten: string[] = [];
  for (const [index, store] of model.stores.entries()) {
    for (const sku of LISTED) {
      for (const location of locationsOf(store)) {
        const told = sellable(model, store, sku, location);
        const name = stores[index]?.id ?? '';
        wanted.set(`${name} is to show of ${world.sku(sku)}@${location}`, `${told}`);
        const key = `${name} ${world.sku(sku)}@${location}`;
        if (told !== null && told !== world.told.get(key) && unowed.has(key))
          forgotten.push(`${key} is not owed ${told}`);
      }
    }
  }
  const all = [...new Set([...said.keys(), ...wanted.keys()])];
  const wrong = all.filter((key) => said.get(key) !== wanted.get(key));
  return [...wrong.map((key) => `${key}: ${said.get(key)}, the model says ${wanted.get(key)}`), ...forgotten];
}

/** Every listing is told its number. */
export async function pushAll(world: StockWorld): Promise<void> {
  const { db, model, stores } = world;
  await sql`update listings set acknowledged_version = desired_version, reassert = false
    where store_id = any(${stores.map(({ id }) => id)}::text[])`.execute(db);
  world.told.clear();
  for (const [index, store] of model.stores.entries()) {
    for (const sku of LISTED) {
      for (const location of locationsOf(store)) {
        const told = sellable(model, store, sku, location);
        if (told !== null) world.told.set(`${stores[index]?.id} ${world.sku(sku)}@${location}`, told);
      }
    }
  }
}
