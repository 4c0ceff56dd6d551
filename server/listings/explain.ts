// Why is this number what it is: everything in the database that made one SKU's number, and one sentence that sums it up; now,
// or at any past moment.

import { sql } from 'kysely';
import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import { toLocalDay } from '../../shared/model/time-zone.ts';
import type { Database } from '../database/database.ts';
import { readTimeZone } from '../database/time-zone.ts';
import { type Part, readParts } from '../ledger/bundles.ts';
import { availableOf, isSet, makeBundles, type Stocks, seriesOf, totalOf } from './explain-available.ts';
import { readListings, readPushes } from './explain-listings.ts';
import { readBookings, readMoves } from './explain-moves.ts';
import { sentenceFor } from './explain-sentence.ts';
import { readChangesByDay, readStockThen } from './explain-stock.ts';

const SERIES_DAYS = 90;
const DAY_MS = 24 * 60 * 60_000;

export type ExplainOptions = {
  /** A past moment; null or left out: now. */
  readonly at?: Date | null;
  /** Needed for the numbers of the last days up to now. */
  readonly now?: Date;
  /** The most units that a channel can show. */
  readonly quantityMaxOf?: (channel: string) => number;
};

/** Null when no product has this SKU. All of it is read from one moment's state of the database. */
export async function explainSku(
  db: Database,
  sku: Sku,
  options: ExplainOptions = {},
): Promise<ExplainAnswer | null> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => explain(tx, sku, options));
}

async function explain(db: Database, sku: Sku, options: ExplainOptions): Promise<ExplainAnswer | null> {
  const { at = null, now = null, quantityMaxOf = () => Number.MAX_SAFE_INTEGER } = options;
  const product = await db.selectFrom('products').selectAll().where('sku', '=', sku).executeTakeFirst();
  if (product === undefined) return null;
  // A composition has no past: a bundle at a past moment is made of what it is made of now.
  const parts = (await readParts(db, [sku])).get(sku) ?? [];
  const skus = [sku, ...parts.map((part) => part.sku)];
  const timeZone = await readTimeZone(db);
  const stocks = await readStockThen(db, skus, { at, timeZone });
  const warehouses = await db.selectFrom('warehouses').select(['id', 'name']).orderBy('position').execute();
  const nameOf = (id: string): string => warehouses.find((warehouse) => warehouse.id === id)?.name ?? id;
  const own = totalOf(stocks, sku);
  const inStock = parts.length === 0 && isSet(stocks, sku) ? own.inStock : null;
  const available = availableOf(stocks, sku, parts);
  const made = parts.length === 0 ? null : makeBundles(stocks, parts);
  const moves = await readMoves(db, sku, at);
  const groups = stocks.get(sku)?.groups ?? [];
  const listings = at === null ? await readListings(db, sku, quantityMaxOf) : [];
  const until = at ?? now;
  return {
    sku,
    title: product.title,
    version: product.version,
    at: at?.toISOString() ?? null,
    atDay: at === null ? null : toLocalDay(at, timeZone),
    sentence: sentenceFor(
      {
        inStock,
        booked: own.booked,
        available,
        made,
        isBundle: parts.length > 0,
        listings: at === null ? listings.length : null,
      },
      nameOf,
    ),
    inStock,
    booked: own.booked,
    incoming: own.incoming,
    available,
    groups: [...groups],
    parts: (made ?? []).map(({ warehouseId, part, ...numbers }) => ({
      warehouse: nameOf(warehouseId),
      ...part,
      ...numbers,
    })),
    partOf: await readPartOf(db, sku),
    series: until === null ? [] : await readSeries(db, stocks, { sku, parts, until, timeZone }),
    balances: warehouses.flatMap(({ id, name }) => balanceOf(stocks, sku, id, name)),
    moves,
    movesLeftOff: groups.reduce((sum, group) => sum + group.moves, 0) - moves.length,
    bookings: at === null ? await readBookings(db, sku) : [],
    listings,
    pushes: at === null ? await readPushes(db, sku) : [],
  };
}

type OfSku = {
  readonly sku: Sku;
  readonly parts: readonly Part[];
  readonly until: Date;
  readonly timeZone: string;
};

async function readSeries(
  db: Database,
  stocks: Stocks,
  { sku, parts, until, timeZone }: OfSku,
): Promise<ExplainAnswer['series']> {
  const skus = [sku, ...parts.map((part) => part.sku)];
  const from = new Date(until.getTime() - SERIES_DAYS * DAY_MS);
  const changes = await readChangesByDay(db, skus, { from, until, timeZone });
  return seriesOf(stocks, { sku, parts }, changes, {
    lastDay: toLocalDay(until, timeZone),
    days: SERIES_DAYS,
  });
}

function balanceOf(
  stocks: Stocks,
  sku: Sku,
  warehouseId: WarehouseId,
  warehouse: string,
): ExplainAnswer['balances'] {
  const place = stocks.get(sku)?.places.get(warehouseId);
  if (place === undefined) return [];
  const { inStock, booked } = place;
  return [
    {
      warehouse,
      inStock: place.isSet ? inStock : null,
      booked,
      available: place.isSet ? inStock - booked : null,
    },
  ];
}

async function readPartOf(db: Database, sku: Sku): Promise<ExplainAnswer['partOf']> {
  const { rows } = await sql<ExplainAnswer['partOf'][number]>`
    select bundle_sku as sku, units from bundle_components where component_sku = ${sku} order by 1`.execute(
    db,
  );
  return rows;
}
