// Refunds that name a sum and no units: each new one becomes a task for a person, who says what came back.

import { sql } from 'kysely';
import type { StoreId } from '../../shared/model/ids.ts';
import type { OrderSnapshot, UnitlessRefund } from '../../shared/model/order.ts';
import { recordActivity } from '../activity/activity.ts';
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
  const recent = (order.unitlessRefunds ?? []).filter(({ at }) => at >= store.syncOnAt);
  if (recent.length === 0 || order.test) return;
  const { rows: fresh } = await sql<{ refundId: string }>`
    insert into unitless_refunds (store_id, order_id, refund_id, refunded_at, amount)
    select ${store.id}, ${order.remoteId}, * from unnest(${recent.map(({ id }) => id)}::text[],
      ${recent.map(({ at }) => at)}::timestamptz[], ${recent.map(({ amount }) => amount)}::text[])
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

function question(store: StoreContext, order: OrderSnapshot, { amount }: UnitlessRefund): string {
  const what = `${store.name}, order ${order.number}: ${amount === '' ? 'money' : amount} was refunded. The shop does not say for which units.`;
  const sent = order.lines.some(({ counts }) => counts.fulfilled > 0);
  return sent
    ? `${what} If something came back, count it in.`
    : `${what} If the order will not be sent, cancel it in the shop; until then its units stay booked.`;
}
