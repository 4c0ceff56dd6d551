// The warehouses: how a name in a cell finds one, and how people make, rename, order and archive them. None is ever deleted:
// the ledger speaks of it.

import { sql } from 'kysely';
import type { ChangeWarehouseRequest, WarehouseView } from '../../shared/api/warehouses.ts';
import type { WarehouseId } from '../../shared/model/ids.ts';
import { recordActivity } from '../activity/activity.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';

export type Warehouse = { readonly id: WarehouseId; readonly name: string };

/** An archived one is no longer offered, but whoever still types its name is told so. */
export type KnownWarehouse = Warehouse & { readonly archived: boolean };

/** First one first: it is the one meant where nobody names any. */
export async function readWarehouses(db: Database): Promise<readonly KnownWarehouse[]> {
  const { rows } = await sql<KnownWarehouse>`
    select id, name, archived_at is not null as archived from warehouses order by position`.execute(db);
  return rows;
}

/** Without the archived ones. */
export const listWarehouses = async (db: Database): Promise<readonly Warehouse[]> =>
  inUse(await readWarehouses(db));

const inUse = (known: readonly KnownWarehouse[]): readonly KnownWarehouse[] =>
  known.filter(({ archived }) => !archived);

/** Makes sure that this warehouse exists. */
export async function createWarehouse(db: Database, warehouse: Warehouse): Promise<void> {
  await db
    .insertInto('warehouses')
    .values({ id: warehouse.id, name: warehouse.name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function viewWarehouses(db: Database): Promise<readonly WarehouseView[]> {
  const { rows } = await sql<WarehouseView>`
    select id, name, archived_at is not null as archived, array(
      select stores.name || coalesce(': ' || place.name, '') from store_warehouses as mapping
      join stores on stores.id = mapping.store_id
      left join store_locations as place
        on place.store_id = mapping.store_id and place.location_id = mapping.location_id
      where mapping.warehouse_id = warehouses.id order by 1) as serves
    from warehouses order by position`.execute(db);
  return rows;
}

export type WarehouseOutcome =
  | { readonly ok: true; readonly warehouse: Warehouse; readonly message: string }
  | { readonly ok: false; readonly problem: string };

const wrong = (problem: string): WarehouseOutcome => ({ ok: false, problem });

export async function addWarehouse(
  db: Database,
  { id, name }: Warehouse,
  stamp: Stamp,
): Promise<WarehouseOutcome> {
  return inTransaction(db, async (tx) => {
    await lockAll(tx);
    const wanted = name.trim();
    const problem = await nameProblem(tx, wanted, null);
    if (problem !== null) return wrong(problem);
    const warehouse = { id, name: wanted };
    await createWarehouse(tx, warehouse);
    const message = `The warehouse ${wanted} was added. Choose which stores or locations it serves.`;
    await recordActivity(tx, { at: stamp.at, level: 'info', message });
    return { ok: true, warehouse, message };
  });
}

/** Renames, archives, brings back or moves to another position; whatever the request names. */
export async function changeWarehouse(
  db: Database,
  id: WarehouseId,
  change: ChangeWarehouseRequest,
  stamp: Stamp,
): Promise<WarehouseOutcome> {
  return inTransaction(db, async (tx) => {
    const all = await lockAll(tx);
    const before = all.find((warehouse) => warehouse.id === id);
    if (before === undefined) return wrong('There is no such warehouse. Look at the list again.');
    const name = change.name?.trim() ?? before.name;
    const problem = await nameProblem(tx, name, id);
    if (problem !== null) return wrong(problem);
    const archived = change.archived ?? before.archived;
    if (archived && !before.archived) {
      const reason = await whyNotArchived(tx, id, all);
      if (reason !== null) return wrong(reason);
    }
    await sql`update warehouses set name = ${name},
      archived_at = case when ${archived} then coalesce(archived_at, ${stamp.at}::timestamptz) end
      where id = ${id}`.execute(tx);
    if (change.position !== undefined) await moveTo(tx, all, id, change.position);
    const said = [
      ...(name === before.name ? [] : [`${before.name} is called ${name} now`]),
      ...(archived === before.archived ? [] : [archived ? `${name} is archived` : `${name} is back in use`]),
      ...(change.position === undefined ? [] : [`${name} is number ${change.position} in the list`]),
    ];
    const message = said.length === 0 ? `${name} is as it was.` : `${said.join('; ')}.`;
    if (said.length > 0) await recordActivity(tx, { at: stamp.at, level: 'info', message });
    return { ok: true, warehouse: { id, name }, message };
  });
}

async function lockAll(tx: Tx): Promise<readonly KnownWarehouse[]> {
  await sql`lock table warehouses in share row exclusive mode`.execute(tx);
  return readWarehouses(tx);
}

async function nameProblem(tx: Tx, name: string, own: WarehouseId | null): Promise<string | null> {
  if (name === '') return 'Give the warehouse a name.';
  if (name.length > 100) return 'The name of a warehouse has 100 letters at most.';
  const { rows } = await sql<{ archived: boolean }>`
    select archived_at is not null as archived from warehouses
    where lower(name) = lower(${name}) and id is distinct from ${own}`.execute(tx);
  const [other] = rows;
  if (other === undefined) return null;
  return other.archived
    ? `An archived warehouse is called "${name}". Bring that one back, or choose another name.`
    : `There is a warehouse "${name}" already. Choose another name.`;
}

async function whyNotArchived(
  tx: Tx,
  id: WarehouseId,
  all: readonly KnownWarehouse[],
): Promise<string | null> {
  if (all.every((other) => other.archived || other.id === id))
    return 'The last warehouse cannot be archived.';
  const { rows } = await sql<{ stores: string | null; booked: number; incoming: number }>`
    select (select string_agg(distinct stores.name, ', ') from store_warehouses
        join stores on stores.id = store_id where warehouse_id = ${id}) as stores,
      coalesce(sum(booked), 0)::bigint as booked, coalesce(sum(incoming), 0)::bigint as incoming
    from balances where warehouse_id = ${id}`.execute(tx);
  const held = rows[0];
  if (held?.stores != null) {
    return `It serves ${held.stores}. Choose another warehouse for that first.`;
  }
  if ((held?.booked ?? 0) !== 0)
    return `It holds ${held?.booked} booked units of open orders. Send or move them first.`;
  if ((held?.incoming ?? 0) !== 0)
    return `${held?.incoming} units are on their way to it. Receive or cancel them first.`;
  return null;
}

async function moveTo(
  tx: Tx,
  all: readonly KnownWarehouse[],
  id: WarehouseId,
  position: number,
): Promise<void> {
  const others = all.map((warehouse) => warehouse.id).filter((other) => other !== id);
  const order = [...others.slice(0, position - 1), id, ...others.slice(position - 1)];
  await sql`
    update warehouses set position = place.position
    from unnest(${order}::text[]) with ordinality as place (id, position) where warehouses.id = place.id`.execute(
    tx,
  );
}

export type WarehouseReading =
  | { readonly ok: true; readonly warehouse: Warehouse }
  | { readonly ok: false; readonly problem: string };

/** `name` null: the only warehouse, or a question when there are several. Names are compared without regard to case. */
export function findWarehouse(known: readonly KnownWarehouse[], name: string | null): WarehouseReading {
  const offered = inUse(known);
  const [first, ...others] = offered;
  if (first === undefined)
    return {
      ok: false,
      problem: 'There is no warehouse yet. Connect a store, or add one under Warehouses in the sidebar.',
    };
  const names = offered.map((warehouse) => warehouse.name).join(', ');
  if (name === null) {
    if (others.length === 0) return { ok: true, warehouse: first };
    return { ok: false, problem: `Choose the warehouse: ${names}.` };
  }
  const found = known.find((warehouse) => warehouse.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) {
    return { ok: false, problem: `There is no warehouse "${name.slice(0, 60)}". Choose one of: ${names}.` };
  }
  if (!found.archived) return { ok: true, warehouse: found };
  const remedy = `Choose one of: ${names}; or bring it back under Warehouses in the sidebar.`;
  return { ok: false, problem: `The warehouse "${found.name}" is archived. ${remedy}` };
}
