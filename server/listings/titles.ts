// A product's title: the one that most of its listings have; among equals that of the oldest listing. What a person imported stays.

import { sql } from 'kysely';
import type { Sku } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';

/** For products whose listings came, went or were renamed; without any listing a product keeps the title it has. */
export async function chooseTitles(tx: Tx, skus: readonly Sku[]): Promise<void> {
  if (skus.length === 0) return;
  await sql`
    update products set title = chosen.title
    from (select distinct unnest(${[...skus]}::text[]) as sku) as touched cross join lateral (
      select title from listings where listings.sku = touched.sku and gone_at is null
      group by title order by count(distinct (store_id, remote_id)) desc, min(id) limit 1) as chosen
    where products.sku = touched.sku and not titled_by_person and products.title <> chosen.title`.execute(tx);
}
