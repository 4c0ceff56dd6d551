// Refunds that do not say what came back: each new one becomes a task for a person, who says it. What the shop says of the same
// units later is no news.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { OrderSnapshot, UnclearRefund } from '../../shared/model/order.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import type { Tx } from '../database/database.ts';
import type { StoreContext } from './store-context.ts';

export type RefundKey = { readonly storeId: StoreId; readonly orderId: string; readonly refundId: string };

/** Its first word tells the sidebar which buttons to show; the rest, as JSON, which refund it is. */
export const refundTrouble = ({ storeId, orderId, refundId }: RefundKey): string =>
  `refund:${JSON.stringify([storeId, orderId, refundId])}`;

/** What was refunded before sync was turned on is in the opening stock. */
export async function noticeRefunds(
  tx: Tx,
  store: StoreContext,
  order: OrderSnapshot,
  now: Date,
): Promise<void> {
  await withdrawQuestions(tx, store, order, now);
  const recent = (order.unclearRefunds ?? []).filter(({ at }) => at >= store.syncOnAt);
  if (recent.length === 0 || order.test) return;
  const { rows: fresh } = await sql<{ refundId: string }>`
    insert into unclear_refunds (store_id, order_id, refund_id, refunded_at, amount, units)
    select ${store.id}, ${order.remoteId}, * from unnest(${recent.map(({ id }) => id)}::text[],
      ${recent.map(({ at }) => at)}::timestamptz[], ${recent.map(({ amount }) => amount)}::text[],
      ${recent.map(({ units }) => JSON.stringify(units ?? []))}::jsonb[])
    on conflict do nothing returning refund_id as "refundId"`.execute(tx);
  const isNew = new Set(fresh.map(({ refundId }) => refundId));
  for (const refund of recent.filter(({ id }) => isNew.has(id))) {
    await recordActivity(tx, {
      at: now,
      level: 'needs-person',
      storeId: store.id,
      trouble: refundTrouble({ storeId: store.id, orderId: order.remoteId, refundId: refund.id }),
      message: question(store, order, refund),
    });
  }
}

/**
 * By line: units of refunds about which a person has said whether they came back. Should the shop count them as restocked one day
 * (its setting was changed), they are in stock already, or are known to be lost.
 */
export async function readAnswered(
  tx: Tx,
  storeId: StoreId,
  { remoteId, lines }: OrderSnapshot,
): Promise<ReadonlyMap<string, number>> {
  if (lines.every(({ counts }) => counts.restocked === 0)) return new Map();
  const { rows } = await sql<{ lineId: string; units: number }>`
    with answered as (
      select refund_id, units from unclear_refunds
      where store_id = ${storeId} and order_id = ${remoteId} and settled_at is not null
    ), named as (
      select refund_id, line->>'lineId' as line_id, (line->>'quantity')::bigint as units
      from answered, jsonb_array_elements(units) as line
    ), counted as (
      select refund_id, line_id, quantity as units from unclear_refund_lines join answered using (refund_id)
      where store_id = ${storeId} and order_id = ${remoteId}
    )
    select line_id as "lineId", sum(greatest(named.units, counted.units))::bigint as units
    from named full join counted using (refund_id, line_id) group by line_id`.execute(tx);
  return new Map(rows.map(({ lineId, units }) => [lineId, units]));
}

// The shop counts these units as back on sale by now: nobody needs to say it, and whoever did would count them twice.
async function withdrawQuestions(
  tx: Tx,
  store: StoreContext,
  order: OrderSnapshot,
  now: Date,
): Promise<void> {
  const back = order.lines.filter(({ counts }) => counts.restocked > 0).map(({ lineId }) => lineId);
  if (back.length === 0) return;
  const open = (order.unclearRefunds ?? []).map(({ id }) => id);
  const { rows } = await sql<{ refundId: string }>`
    delete from unclear_refunds where store_id = ${store.id} and order_id = ${order.remoteId} and settled_at is null
      and refund_id <> all(${open}::text[]) and units <> '[]'
      and not exists (select 1 from jsonb_array_elements(units) as line where line->>'lineId' <> all(${back}::text[]))
    returning refund_id as "refundId"`.execute(tx);
  await resolveTroubles(
    tx,
    rows.map(({ refundId }) => refundTrouble({ storeId: store.id, orderId: order.remoteId, refundId })),
    now,
  );
}

function question(store: StoreContext, order: OrderSnapshot, { amount, units }: UnclearRefund): string {
  const refunded = `${store.name}, order ${order.number}: ${amount === '' ? 'money' : amount} was refunded`;
  if (units !== undefined) {
    const named = units
      .map(({ lineId, quantity }) => `${quantity} × ${nameOfLine(order, lineId)}`)
      .join(', ');
    return `${refunded} for ${named}, sent before. The shop does not say whether it came back. If it did, count it in.`;
  }
  const what = `${refunded}. The shop does not say for which units.`;
  const sent = order.lines.some(({ counts }) => counts.fulfilled > 0);
  return sent
    ? `${what} If something came back, count it in.`
    : `${what} If the order will not be sent, cancel it in the shop; until then its units stay booked.`;
}

function nameOfLine({ lines }: OrderSnapshot, lineId: string): string {
  const line = lines.find((candidate) => candidate.lineId === lineId);
  return line?.sku ?? line?.title ?? 'a line that is gone';
}
