// Reads back, in turn, what a store shows for listings to which nothing is owed: a number that somebody changed in the shop, or
// that the shop took and dropped, would else stay until the next push.

import { sql } from 'kysely';
import type { OpenStore, SyncContext } from './context.ts';
import { verifyListings } from './verify-listings.ts';

const READ_BACK_MAX = 500;
/** Some shops tell of a changed product at each sale and at each of our pushes: the calls are theirs first. */
const READ_BACK_EVERY_MS = 20 * 60_000;

/** A round: the next few listings after those of the last one. Nothing, when that was just now. */
export async function readBackSome(context: SyncContext, store: OpenStore): Promise<void> {
  const now = context.now();
  const { read_back_at: last } = await context.db
    .selectFrom('stores')
    .select('read_back_at')
    .where('id', '=', store.id)
    .executeTakeFirstOrThrow();
  if (last !== null && now.getTime() - last.getTime() < READ_BACK_EVERY_MS) return;
  const most = store.definition.manifest.rhythm.readBackMax ?? READ_BACK_MAX;
  const { rows } = await sql<{ id: number; remoteId: string }>`
    select id, remote_id as "remoteId" from listings
    where store_id = ${store.id} and id > (select read_back_to from stores where id = ${store.id})
      and gone_at is null and expected is not null and problem_kind is distinct from 'held'
      and acknowledged_version >= desired_version and not reassert
    order by id limit ${most}`.execute(context.db);
  await verifyListings(context, store, [...new Set(rows.map(({ remoteId }) => remoteId))]);
  // After the last one it begins anew.
  const readBackTo = rows.length < most ? 0 : (rows.at(-1)?.id ?? 0);
  await context.db
    .updateTable('stores')
    .set({ read_back_to: readBackTo, read_back_at: now })
    .where('id', '=', store.id)
    .execute();
}
