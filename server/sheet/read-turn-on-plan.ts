// Rows of Turn-on plan: every line of the newest plan of each store that was never on, those that need a look first.

import { sql } from 'kysely';
import { PLAN_KINDS_BY_NEED, type PlanKind } from '../../shared/api/turn-on.ts';
import { TURN_ON_PLAN_TAB } from '../../shared/tabs/turn-on-plan.ts';
import type { Database } from '../database/database.ts';
import { locationName, type SheetContext } from './context.ts';
import { type SheetRow, toNumber, toText } from './row.ts';

type Line = {
  readonly store_id: string;
  readonly listing_id: number;
  readonly location_id: string;
  readonly sku: string;
  readonly title: string;
  readonly kind: PlanKind;
  readonly shows: number | null;
  readonly would_push: number | null;
  readonly why: string;
  readonly listings: number;
};

/** Which plans there are is in the context: while it is the same, none of their lines changes. */
export async function readTurnOnPlanKeys(db: Database, since: string | null): Promise<readonly string[]> {
  if (since !== null) return [];
  const { rows } = await sql<{ key: string }>`
    select line.listing_id::text as key
    from turn_on_plan_lines as line
    join turn_on_plans as plan on plan.store_id = line.store_id and plan.state = 'ready'
    join stores on stores.id = line.store_id and stores.sync_on_at is null
    order by stores.created_at, line.store_id, array_position(${PLAN_KINDS_BY_NEED}::text[], line.kind),
      abs(coalesce(line.would_push, 0) - coalesce(line.shows, 0)) desc, line.listing_id
    limit ${TURN_ON_PLAN_TAB.newestRowsMax}`.execute(db);
  return rows.map(({ key }) => key);
}

export async function readTurnOnPlans(
  db: Database,
  { stores, places }: SheetContext,
  keys: readonly string[],
): Promise<readonly SheetRow[]> {
  const { rows } = await sql<Line>`
    select line.store_id, line.listing_id, coalesce(mine.location_id, '') as location_id, line.sku, line.title, line.kind,
      line.shows, line.would_push, line.why, (select count(distinct remote_id) from listings
        where listings.store_id = line.store_id and listings.sku = line.sku and gone_at is null) as listings
    from unnest(${keys}::bigint[]) with ordinality as wanted (listing_id, nth)
    join turn_on_plan_lines as line using (listing_id) left join listings as mine on mine.id = line.listing_id
    order by nth`.execute(db);
  return rows.map((row) => {
    const { shows, would_push: told } = row;
    const key = String(row.listing_id);
    const change = shows === null || told === null ? null : told - shows;
    return {
      key,
      cells: {
        store: toText(stores.get(row.store_id) ?? ''),
        sku: toText(row.sku),
        title: toText(row.title),
        location: toText(locationName(places, { storeId: row.store_id, locationId: row.location_id })),
        result: row.kind,
        shows: toNumber(shows),
        wouldPush: toNumber(told),
        change: toNumber(change),
        listings: row.listings,
        why: toText(row.why),
        rowKey: key,
      },
    };
  });
}
