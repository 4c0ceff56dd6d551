// What the stores show of a SKU, what they should show under their rules, and what they were told last.

import { sql } from 'kysely';
import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { Sku } from '../../shared/model/ids.ts';
import { describeRule, NO_RULE, type Rule, toldQuantity } from '../../shared/model/rule.ts';
import type { Database } from '../database/database.ts';
import { availableToStore, isOwed, ruleOfListing } from './owed.ts';

const PUSHES_MAX = 50;

type ListingRow = {
  readonly store: string;
  readonly channel: string;
  readonly title: string;
  readonly remoteId: string;
  readonly location: string | null;
  readonly available: number | null;
  readonly rule: Rule | null;
  readonly lastTold: number | null;
  readonly lastToldAt: Date | null;
  readonly expected: number | null;
  readonly owed: boolean;
  readonly problem: string | null;
};

/** Where the store has more than one place; what it no longer knows keeps its id. */
const placeName = sql<string | null>`case when listings.location_id <> ''
    and (select count(*) from store_locations as place where place.store_id = listings.store_id and place.gone_at is null) > 1
  then coalesce((select place.name from store_locations as place where place.store_id = listings.store_id
    and place.location_id = listings.location_id), listings.location_id) end`;

/** `quantityMaxOf`: the most units that a channel can show. */
export async function readListings(
  db: Database,
  sku: Sku,
  quantityMaxOf: (channel: string) => number,
): Promise<ExplainAnswer['listings']> {
  const { rows } = await sql<ListingRow>`
    select stores.name as store, stores.channel, listings.title, remote_id as "remoteId",
      ${placeName} as location, ${availableToStore} as available, ${ruleOfListing} as rule,
      acknowledged_quantity as "lastTold", acknowledged_at as "lastToldAt", expected, ${isOwed} as owed, problem
    from listings join stores on stores.id = listings.store_id
    where listings.sku = ${sku} and gone_at is null order by stores.name, listings.id`.execute(db);
  return rows.map(({ channel, rule, lastToldAt, ...row }) => ({
    ...row,
    rule: rule === null ? null : describeRule(rule),
    shouldShow:
      row.available === null ? null : toldQuantity(row.available, rule ?? NO_RULE, quantityMaxOf(channel)),
    lastToldAt: lastToldAt?.toISOString() ?? null,
  }));
}

/** Newest first. */
export async function readPushes(db: Database, sku: Sku): Promise<ExplainAnswer['pushes']> {
  const rows = await db
    .selectFrom('pushes')
    .leftJoin('stores', 'stores.id', 'pushes.store_id')
    .select(['finished_at', 'stores.name', 'pushes.store_id', 'quantity', 'expected', 'observed'])
    .select(['outcome', 'message'])
    .where('sku', '=', sku)
    .orderBy('pushes.id', 'desc')
    .limit(PUSHES_MAX)
    .execute();
  return rows.map((row) => ({
    at: row.finished_at.toISOString(),
    store: row.name ?? row.store_id,
    quantity: row.quantity,
    expected: row.expected,
    observed: row.observed,
    outcome: row.outcome,
    message: row.message,
  }));
}
