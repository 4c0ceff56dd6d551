// Saving what a bundle is made of, one component a row. A bundle is owed its number anew whenever that changes; what open
// orders have booked stays as it was.

import { sql } from 'kysely';
import type { Sku } from '../../shared/model/ids.ts';
import { readSku } from '../../shared/model/sku.ts';
import { recordActivity } from '../activity/activity.ts';
import type { Tx } from '../database/database.ts';
import { nameParts, type Part, readParts } from '../ledger/bundles.ts';
import { type LockedSkus, lockSkus, oweListings, type Stamp } from '../ledger/moves.ts';
import { lockOwnOrders, rebookAsBundle } from '../orders/rebook-as-bundle.ts';
import {
  type Cells,
  NO_ACTION,
  type Reading,
  type Refusal,
  readAction,
  readWhole,
  refuse,
  type Saved,
  settingsDocument,
} from './settings-rows.ts';
import { readNear, unknownSku } from './unknown-sku.ts';

const UNITS_MAX = 100_000;

type ComponentRow = {
  readonly bundle: Sku;
  readonly component: Sku;
  /** Null: take the component out. */
  readonly units: number | null;
};

type Ready = {
  readonly locked: LockedSkus;
  /** The bundles that rows of this submission have changed. */
  readonly changed: Set<Sku>;
  /** Components that no store has brought, made for these rows. */
  readonly made: readonly Sku[];
};

export const submitBundles = settingsDocument<ComponentRow, Ready>({
  word: 'bundles',
  read: readComponent,
  prepare: lockAll,
  save: saveComponent,
  finish: finishBundles,
});

function readComponent(cells: Cells): Reading<ComponentRow> {
  const bundle = readSku(cells['bundle']);
  if (!bundle.ok) return refuse('bundle', bundle.problem);
  const component = readSku(cells['component']);
  if (!component.ok) return refuse('component', component.problem);
  const pair = { bundle: bundle.sku, component: component.sku };
  const action = readAction(cells['action']);
  if (action === null) return NO_ACTION;
  if (action === 'remove') return { ok: true, value: { ...pair, units: null } };
  if (pair.bundle === pair.component) return refuse('component', 'A bundle cannot contain itself.');
  const units = readWhole(cells['units'], { field: 'units', least: 1, most: UNITS_MAX }, null);
  if (!units.ok) return units;
  if (units.value === null) return refuse('units', 'Type how many of the component make one bundle.');
  return { ok: true, value: { ...pair, units: units.value } };
}

async function lockAll(tx: Tx, rows: readonly ComponentRow[]): Promise<Ready> {
  const bundles = rows.map(({ bundle }) => bundle);
  await lockOwnOrders(tx, bundles);
  const added = rows.filter(({ units }) => units !== null);
  // What is only ever sold as part of a bundle is in no store, so no store has brought it.
  const { rows: made } = await sql<{ sku: Sku }>`
    insert into products (sku)
    select distinct row.component
    from unnest(${added.map(({ bundle }) => bundle)}::text[], ${added.map(({ component }) => component)}::text[])
      as row (bundle, component) join products on products.sku = row.bundle
    order by row.component on conflict do nothing returning sku`.execute(tx);
  const locked = await lockSkus(tx, [...bundles, ...rows.map(({ component }) => component)]);
  return { locked, changed: new Set(), made: made.map(({ sku }) => sku) };
}

async function saveComponent(
  tx: Tx,
  row: ComponentRow,
  { locked, changed }: Ready,
  stamp: Stamp,
): Promise<Saved> {
  const { bundle, component, units } = row;
  const before = (await readParts(tx, [bundle])).get(bundle) ?? [];
  const known = before.find(({ sku }) => sku === component)?.units ?? null;
  if (units === known) {
    const said =
      units === null
        ? `${component} was not part of ${bundle}.`
        : `${bundle} contains ${units} × ${component} already.`;
    return { ok: true, message: said, touched: [] };
  }
  const refusal = units === null ? null : await whyNot(tx, row, locked);
  if (refusal !== null) return refusal;
  if (units === null) {
    await tx
      .deleteFrom('bundle_components')
      .where('bundle_sku', '=', bundle)
      .where('component_sku', '=', component)
      .execute();
  } else {
    await tx
      .insertInto('bundle_components')
      .values({ bundle_sku: bundle, component_sku: component, units })
      .onConflict((conflict) => conflict.columns(['bundle_sku', 'component_sku']).doUpdateSet({ units }))
      .execute();
  }
  changed.add(bundle);
  // The row of the bundle in Inventory looks different now.
  await sql`update products set changed_tx = pg_current_xact_id() where sku = ${bundle}`.execute(tx);
  await oweListings(tx, [bundle], stamp.at);
  const parts = (await readParts(tx, [bundle])).get(bundle) ?? [];
  return { ok: true, message: await sentence(tx, bundle, parts), touched: [bundle] };
}

async function whyNot(
  tx: Tx,
  { bundle, component }: ComponentRow,
  locked: LockedSkus,
): Promise<Refusal | null> {
  if (!locked.has(bundle)) {
    return refuse('bundle', unknownSku(bundle, await readNear(tx, [bundle])));
  }
  const { rows } = await sql<{ bundle: Sku; component: Sku }>`
    select bundle_sku as bundle, component_sku as component from bundle_components
    where bundle_sku = ${component} or component_sku = ${bundle} limit 1`.execute(tx);
  const [nested] = rows;
  if (nested?.bundle === component) {
    return refuse(
      'component',
      `${component} is a bundle itself, and a bundle cannot contain one. Name what is in ${component} instead.`,
    );
  }
  if (nested !== undefined) {
    return refuse(
      'bundle',
      `${bundle} is part of the bundle ${nested.bundle}, so it cannot be a bundle. Name its components in ${nested.bundle} instead.`,
    );
  }
  const places = [...(locked.balances.get(bundle)?.values() ?? [])];
  const incoming = places.reduce((sum, balance) => sum + balance.incoming, 0);
  if (incoming !== 0) {
    return refuse(
      'bundle',
      `${incoming} of ${bundle} are on their way, in purchase orders or transfers. Receive or cancel them first.`,
    );
  }
  const own = places.filter(({ isSet }) => isSet);
  const inStock = own.reduce((sum, balance) => sum + balance.inStock, 0);
  if (own.every((balance) => balance.inStock === 0)) return null;
  return refuse(
    'bundle',
    `${bundle} has ${inStock} in stock of its own. Set it to 0 in Adjustments first, and count what is in it as its components.`,
  );
}

async function sentence(tx: Tx, bundle: Sku, parts: readonly Part[]): Promise<string> {
  if (parts.length === 0) return `${bundle} is no bundle any more. Count it in Adjustments.`;
  return `${bundle} is made of ${nameParts(parts)}. ${await counted(tx, bundle)}`;
}

// Open orders of a SKU that became a bundle just now hold its components from now on; those of a bundle that was changed
// keep what they booked.
async function finishBundles(tx: Tx, { locked, changed, made }: Ready, stamp: Stamp): Promise<void> {
  // Rows that came to nothing leave no product behind.
  await sql`delete from products where sku = any(${made}::text[])
    and not exists (select 1 from bundle_components where component_sku = products.sku)`.execute(tx);
  const now = await readParts(tx, [...changed]);
  for (const bundle of changed) {
    const parts = now.get(bundle) ?? [];
    const isNew = locked.parts(bundle).length === 0 && parts.length > 0;
    const units = isNew ? await rebookAsBundle(tx, locked, bundle, parts, stamp) : 0;
    const orders = isNew
      ? `${units} that open orders hold are booked on its components.`
      : 'Open orders keep what they have booked.';
    const said = `${stamp.actor}: ${await sentence(tx, bundle, parts)} ${orders}`;
    await recordActivity(tx, { at: stamp.at, level: 'info', sku: bundle, message: said });
  }
}

async function counted(tx: Tx, bundle: Sku): Promise<string> {
  const { rows } = await sql<{ available: number | null; uncounted: readonly Sku[] }>`
    select available_of(${bundle}, array(select id from warehouses)) as available, array(
      select component_sku from bundle_components as part where bundle_sku = ${bundle}
        and not is_counted(part.component_sku) order by 1) as uncounted`.execute(tx);
  const { available = null, uncounted = [] } = rows[0] ?? {};
  if (available !== null) return `${available} are available.`;
  return `Nobody has counted ${uncounted.join(' and ')} yet, so stores are told nothing new.`;
}
