// Lists of receipts in the simulated Etsy: cancelled ones are hidden from whoever does not ask for them.

import { refuse } from './simulator-answers.ts';
import type { Shop, ShopReceipt } from './simulator-memory.ts';
import { renderReceipt } from './simulator-render.ts';

const PAGE_MAX = 100;
const PAGE_USUAL = 25;
const FIRST_SECOND = 946_684_800;

const SORTS: Readonly<Record<string, (receipt: ShopReceipt) => number>> = {
  created: ({ createdAt }) => createdAt,
  updated: ({ updatedAt }) => updatedAt,
  receipt_id: ({ id }) => id,
};

export function listReceipts(shop: Shop, query: URLSearchParams): object {
  const { limit, offset } = readPaging(query);
  const sort = SORTS[query.get('sort_on') ?? 'created'];
  if (sort === undefined) throw refuse(400, 'Invalid sort_on');
  const up = ['asc', 'ascending', 'up'].includes(query.get('sort_order') ?? 'desc') ? 1 : -1;
  const found = [...shop.memory.receipts.values()]
    .filter((receipt) => isWanted(receipt, query))
    .sort((one, other) => up * (sort(one) - sort(other) || one.id - other.id));
  return { count: found.length, results: found.slice(offset, offset + limit).map(renderReceipt) };
}

function isWanted(receipt: ShopReceipt, query: URLSearchParams): boolean {
  const time = (name: string): number | null => {
    const text = query.get(name);
    if (text === null) return null;
    if (!(Number(text) >= FIRST_SECOND)) throw refuse(400, `${name} is too small`);
    return Number(text);
  };
  const isCancelled = receipt.status === 'canceled';
  return (
    receipt.createdAt >= (time('min_created') ?? 0) &&
    receipt.createdAt <= (time('max_created') ?? Number.POSITIVE_INFINITY) &&
    receipt.updatedAt >= (time('min_last_modified') ?? 0) &&
    receipt.updatedAt <= (time('max_last_modified') ?? Number.POSITIVE_INFINITY) &&
    isCancelled === (query.get('was_canceled') === 'true') &&
    (query.get('was_shipped') === null || receipt.isShipped === (query.get('was_shipped') === 'true'))
  );
}

export function readPaging(query: URLSearchParams): { readonly limit: number; readonly offset: number } {
  const limit = Number(query.get('limit') ?? PAGE_USUAL);
  const offset = Number(query.get('offset') ?? 0);
  if (!(limit >= 1 && limit <= PAGE_MAX && offset >= 0)) throw refuse(400, 'Invalid limit or offset');
  return { limit, offset };
}
