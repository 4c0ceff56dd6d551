// Orders and refunds of the simulated shop over its API.

import type { SimulationAnswer } from '../simulation-server.ts';
import { answer, invalidParameter, problem, type Refusal, refuse } from './simulator-answers.ts';
import { listOf, trim } from './simulator-list.ts';
import type { Shop, ShopOrder } from './simulator-memory.ts';
import { renderOrder, renderParcel, renderRefund } from './simulator-render.ts';
import { addLine, addOrder, editLine, leftToRefund, refundOrder, setStatus } from './simulator-stock.ts';

type Body = Readonly<Record<string, unknown>>;

const STATUSES: readonly string[] = [
  'pending',
  'processing',
  'on-hold',
  'completed',
  'cancelled',
  'refunded',
  'failed',
  'checkout-draft',
];

const invalidOrder = (): Refusal => refuse(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.');

export function findOrder(shop: Shop, id: number): ShopOrder {
  const order = shop.memory.orders.get(id);
  if (order === undefined) throw invalidOrder();
  return order;
}

// ---- reading ------------------------------------------------------------------------------------------

export function listOrders(
  shop: Shop,
  ownStatuses: readonly string[],
  query: URLSearchParams,
): SimulationAnswer {
  const wanted = (query.get('status') ?? 'any').split(',');
  const known = ['any', 'trash', 'auto-draft', ...STATUSES, ...ownStatuses];
  const unknown = wanted.find((status) => !known.includes(status));
  if (unknown !== undefined) throw invalidParameter('status', `status[0] is not one of ${known.join(', ')}.`);
  const items = [...shop.memory.orders.values()].filter(({ status }) =>
    wanted.includes('any') ? status !== 'trash' : wanted.includes(status),
  );
  return listOf(items, query, (order) => renderOrder(shop, order));
}

export const getOrder = (shop: Shop, id: number, query: URLSearchParams): SimulationAnswer =>
  answer(200, trim(renderOrder(shop, findOrder(shop, id)), query));

export function listTotals(shop: Shop, ownStatuses: readonly string[]): SimulationAnswer {
  const orders = [...shop.memory.orders.values()];
  const totals = [...STATUSES, ...ownStatuses].map((slug) => ({
    slug,
    name: slug,
    total: orders.filter(({ status }) => status === slug).length,
  }));
  return answer(200, totals);
}

export function listRefunds(shop: Shop, orderId: number | null, query: URLSearchParams): SimulationAnswer {
  const orders = orderId === null ? [...shop.memory.orders.values()] : [findOrder(shop, orderId)];
  const items = orders.flatMap((order) =>
    order.refunds.map((refund) => ({
      id: refund.id,
      createdAt: refund.at,
      modifiedAt: refund.at,
      render: () => renderRefund(shop, order, refund),
    })),
  );
  return listOf(items, query, (item) => item.render());
}

export function listParcels(shop: Shop, orderId: number): SimulationAnswer {
  const order = findOrder(shop, orderId);
  return answer(
    200,
    (order.parcels ?? []).map((parcel) => renderParcel(order, parcel)),
  );
}

// ---- writing ------------------------------------------------------------------------------------------

type LineBody = {
  readonly id?: number;
  readonly product_id?: number;
  readonly variation_id?: number;
  readonly quantity: number;
};

export function createOrder(shop: Shop, body: Body): SimulationAnswer {
  const order = addOrder(shop, 'rest-api');
  for (const line of (body['line_items'] ?? []) as LineBody[]) {
    const thing = shop.memory.products.get(line.variation_id || (line.product_id ?? 0));
    addLine(shop, order, thing, line.quantity);
  }
  shop.emit('order.created', order.id);
  const status = String(body['status'] ?? (body['set_paid'] === true ? 'processing' : 'pending'));
  setStatus(shop, order, status);
  return answer(201, renderOrder(shop, order));
}

export function putOrder(shop: Shop, id: number, body: Body): SimulationAnswer {
  const order = findOrder(shop, id);
  for (const wish of (body['line_items'] ?? []) as LineBody[]) {
    const line = order.lines.find((one) => one.id === wish.id);
    if (line !== undefined) editLine(shop, order, line, wish.quantity);
    else
      addLine(
        shop,
        order,
        shop.memory.products.get(wish.variation_id || (wish.product_id ?? 0)),
        wish.quantity,
      );
  }
  if (typeof body['status'] === 'string') {
    if (![...STATUSES].includes(body['status'])) throw invalidParameter('status', 'status is not one of …');
    setStatus(shop, order, body['status']);
  }
  return answer(200, renderOrder(shop, order));
}

/** In a batch, a status that does not exist makes the order unpaid, and its units go back on the shelf. */
export function batchOrders(shop: Shop, body: Body): SimulationAnswer {
  const update = ((body['update'] ?? []) as Body[]).map((item) => {
    const order = findOrder(shop, Number(item['id']));
    const status = String(item['status'] ?? order.status);
    setStatus(shop, order, STATUSES.includes(status) ? status : 'pending');
    return renderOrder(shop, order);
  });
  return answer(200, { update });
}

/** Neither way gives a unit back, and only the trash is announced. */
export function deleteOrder(shop: Shop, id: number, isForced: boolean): SimulationAnswer {
  const order = findOrder(shop, id);
  const body = renderOrder(shop, order);
  if (isForced) shop.memory.orders.delete(id);
  else trashOrder(shop, order);
  return answer(200, body);
}

export function trashOrder(shop: Shop, order: ShopOrder): void {
  order.statusBeforeTrash = order.status;
  order.status = 'trash';
  shop.emit('order.deleted', order.id);
}

export function createRefund(shop: Shop, orderId: number, body: Body): SimulationAnswer {
  const order = findOrder(shop, orderId);
  const amount = Number(body['amount'] ?? 0);
  if (amount > leftToRefund(order)) {
    const refused = problem(500, 'woocommerce_rest_cannot_create_order_refund', 'Invalid refund amount.');
    return { ...refused, body: JSON.stringify({ ...JSON.parse(String(refused.body)), data: 500 }) };
  }
  const refund = refundOrder(shop, order, {
    amount,
    reason: String(body['reason'] ?? ''),
    restock: body['api_restock'] !== false,
    lines: ((body['line_items'] ?? []) as { id: number; quantity: number }[]).map((line) => ({
      lineId: line.id,
      quantity: line.quantity,
    })),
  });
  return answer(201, renderRefund(shop, order, refund));
}
