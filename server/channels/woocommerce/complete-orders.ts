// Adds to orders what the list leaves out: the lines of their refunds, and what their variations really are.

import * as z from 'zod';
import type { OrderSnapshot } from '../../../shared/model/order.ts';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { StoreSettings } from '../channel.ts';
import type { WooClient } from './client.ts';
import type { ReadFulfilments } from './fulfilments.ts';
import { BATCH_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { inheritsSku } from './map-listing.ts';
import { mapOrder, type SoldThing } from './map-order.ts';
import { ShopRefusal } from './refusal.ts';
import { type Order, type Product, productShape, type Refund, refundShape } from './shapes.ts';
import { statusMeaning } from './status.ts';
import type { ReadVariations } from './variations.ts';

export type OrderReader = {
  readonly client: WooClient;
  readonly readVariations: ReadVariations;
  readonly readFulfilments: ReadFulfilments;
  readonly settings: StoreSettings;
};

export async function completeOrders(
  reader: OrderReader,
  orders: readonly Order[],
): Promise<readonly OrderSnapshot[]> {
  const soldThings = await readSoldThings(reader, orders);
  const refunds = await inTurns(orders, REQUESTS_AT_ONCE, (order) => readRefunds(reader, order));
  const parcels = await inTurns(orders, REQUESTS_AT_ONCE, async (order) => readParcels(reader, order));
  return orders.map((order, index) =>
    mapOrder(
      { order, refunds: refunds[index] ?? [], parcels: parcels[index] ?? [], soldThings },
      reader.settings,
    ),
  );
}

// Of what is completed everything left, of what is cancelled everything is back: only what is in between needs asking.
function readParcels({ readFulfilments, settings }: OrderReader, order: Order) {
  const { kind } = statusMeaning(order.status, settings);
  const isBetween = kind === 'open' || (kind === 'refunded' && order.date_completed_gmt === null);
  return isBetween ? readFulfilments(order.id) : [];
}

async function readRefunds({ client }: OrderReader, order: Order): Promise<readonly Refund[]> {
  if (order.refunds.length === 0) return [];
  const all: Refund[] = [];
  for (let page = 1; ; page += 1) {
    const refunds = await readRefundPage(client, order.id, page);
    all.push(...refunds);
    if (refunds.length < BATCH_MAX) return all;
  }
}

async function readRefundPage(
  client: OrderReader['client'],
  orderId: number,
  page: number,
): Promise<readonly Refund[]> {
  try {
    return await client.get(
      `/wc/v3/orders/${orderId}/refunds`,
      { per_page: BATCH_MAX, page, _fields: 'id,date_created_gmt,line_items' },
      z.array(refundShape),
    );
  } catch (problem) {
    // Deleted since it was listed: its own reading will say so.
    if (problem instanceof ShopRefusal && problem.kind === 'gone') return [];
    throw problem;
  }
}

/**
 * A variation without a SKU puts its parent's SKU on the line. Whether it also sells from the parent's stock
 * decides whose units they are; a variation with stock of its own and no SKU is nobody we know.
 */
async function readSoldThings(
  { client, readVariations }: OrderReader,
  orders: readonly Order[],
): Promise<ReadonlyMap<number, SoldThing>> {
  const lines = orders
    .flatMap((order) => order.line_items)
    .filter((line) => line.variation_id > 0 && line.product_id > 0 && (line.sku ?? '') !== '');
  const parents = await readParents(client, [...new Set(lines.map((line) => line.product_id))]);
  const heirs = new Map<number, Product>();
  for (const line of lines) {
    const parent = parents.get(line.product_id);
    if (parent !== undefined && inheritsSku(line.sku ?? '', parent.sku)) heirs.set(line.variation_id, parent);
  }
  const doubtful = [...heirs].filter(([, parent]) => parent.manage_stock === true);
  const variations = await readVariations(doubtful.map(([id, parent]) => ({ parentId: parent.id, id })));
  const sharing = new Set(variations.filter((one) => one.manage_stock === 'parent').map(({ id }) => id));
  return new Map(
    [...heirs].map(([id, parent]): [number, SoldThing] => [
      id,
      sharing.has(id)
        ? { sku: parent.sku, listingRemoteId: String(parent.id) }
        : { sku: null, listingRemoteId: String(id) },
    ]),
  );
}

async function readParents(
  client: OrderReader['client'],
  ids: readonly number[],
): Promise<ReadonlyMap<number, Product>> {
  const pages = await inTurns(inChunks(ids, BATCH_MAX), REQUESTS_AT_ONCE, (chunk) =>
    client.get(
      '/wc/v3/products',
      { include: chunk.join(','), per_page: BATCH_MAX, _fields: 'id,name,sku,manage_stock' },
      z.array(productShape),
    ),
  );
  return new Map(pages.flat().map((product) => [product.id, product]));
}
