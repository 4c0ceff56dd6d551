// The numbers of many SKUs at once, for formulas in cells.

import { sql } from 'kysely';
import type { StockAnswer, StockRequest } from '../../shared/api/stock.ts';
import type { Database } from '../database/database.ts';
import { HttpProblem } from './problem.ts';

type Totals = {
  readonly sku: string;
  readonly isSet: boolean;
  readonly inStock: number;
  readonly booked: number;
  readonly incoming: number;
  readonly isBundle: boolean;
  /** What a bundle's components allow; null when not all of them are counted, and of a product that is no bundle. */
  readonly bundles: number | null;
};

/** @throws HttpProblem when the warehouse is not one of ours. */
export async function readStock(db: Database, request: StockRequest): Promise<StockAnswer> {
  const warehouseId = request.warehouse === undefined ? null : await findWarehouse(db, request.warehouse);
  const { rows } = await sql<Totals>`
    select products.sku, coalesce(bool_or(is_set), false) as "isSet", coalesce(sum(in_stock), 0)::bigint as "inStock",
      coalesce(sum(booked), 0)::bigint as booked, coalesce(sum(incoming), 0)::bigint as incoming,
      exists (select 1 from bundle_components where bundle_sku = products.sku) as "isBundle",
      case when exists (select 1 from bundle_components where bundle_sku = products.sku) then available_of(products.sku,
        array(select id from warehouses where ${warehouseId}::text is null or id = ${warehouseId})) end as bundles
    from products left join balances on balances.sku = products.sku
      and (${warehouseId}::text is null or balances.warehouse_id = ${warehouseId})
    where products.sku = any(${[...new Set(request.skus)]}::text[]) group by products.sku`.execute(db);
  const bySku = new Map(rows.map((row) => [row.sku, row]));
  return {
    rows: request.skus.map((sku) => {
      const totals = bySku.get(sku);
      return totals === undefined ? null : toAnswer(totals, request);
    }),
  };
}

function toAnswer({ isSet, isBundle, bundles, booked, incoming, ...row }: Totals, request: StockRequest) {
  const inStock = isSet && !isBundle ? row.inStock : null;
  const units = inStock === null ? null : inStock - booked;
  const answer = { inStock, booked, available: isBundle ? bundles : units, incoming };
  if (request.why !== true) return answer;
  return { ...answer, why: isBundle ? bundleInWords(bundles) : inWords(answer) };
}

const bundleInWords = (bundles: number | null): string =>
  bundles === null
    ? 'a bundle, and nobody has counted all its components'
    : `a bundle: ${bundles} available of its components`;

function inWords(row: {
  inStock: number | null;
  booked: number;
  available: number | null;
  incoming: number;
}) {
  const coming = row.incoming === 0 ? '' : `; ${row.incoming} more on the way`;
  if (row.inStock === null) return `nobody has set a number yet${coming}`;
  return `${row.inStock} in stock − ${row.booked} booked = ${row.available} available${coming}`;
}

async function findWarehouse(db: Database, name: string): Promise<string> {
  const wanted = name.trim().toLowerCase();
  const warehouses = await db.selectFrom('warehouses').select(['id', 'name']).execute();
  const found = warehouses.find((one) => one.name.toLowerCase() === wanted || one.id === name.trim());
  if (found !== undefined) return found.id;
  const names = warehouses.map((one) => one.name).join(', ');
  throw new HttpProblem(
    404,
    'unknown_warehouse',
    `There is no warehouse "${name.slice(0, 60)}". There are: ${names}.`,
  );
}
