// The few Trading calls we make for listings that the Inventory API cannot see, and how their answers read.

import { codesOf, type EbayClient } from './client.ts';
import { type ActivePage, type Item, readActiveList, readItem } from './item.ts';
import { PAGE_MAX } from './manifest.ts';
import { refusedByTrading } from './trading-refusal.ts';
import { escapeXml, find, textOf, type XmlElement } from './xml.ts';

export async function readActivePage(client: EbayClient, page: number): Promise<ActivePage> {
  const root = await client.trading(
    'GetMyeBaySelling',
    '<ActiveList><Include>true</Include><Pagination>' +
      `<EntriesPerPage>${PAGE_MAX}</EntriesPerPage><PageNumber>${page}</PageNumber>` +
      '</Pagination></ActiveList>',
    true,
  );
  const failure = refusedByTrading(root);
  if (failure !== null) throw failure;
  return readActiveList(root);
}

/** "The item cannot be accessed" and "invalid item": it is not there any more. */
const NO_SUCH_ITEM = [17, 35];

/** Null: gone, or no longer on sale. */
export async function readOneItem(client: EbayClient, itemId: string): Promise<Item | null> {
  const root = await client.trading('GetItem', `<ItemID>${escapeXml(itemId)}</ItemID>`, true);
  if (codesOf(root).some((code) => NO_SUCH_ITEM.includes(code))) return null;
  const failure = refusedByTrading(root);
  if (failure !== null) throw failure;
  const element = find(root, 'Item');
  const item = element === null ? null : readItem(element);
  return item === null || item.hasEnded ? null : item;
}

// ---- writing --------------------------------------------------------------------------------------------------

export type Revision = { readonly itemId: string; readonly sku: string | null; readonly quantity: number };

/** Quantity here means available. A variation is named by its SKU, a whole listing by its ItemID alone. */
export function reviseInventoryStatus(
  client: EbayClient,
  revisions: readonly Revision[],
): Promise<XmlElement> {
  const nodes = revisions.map(({ itemId, sku, quantity }) => {
    const named = sku === null ? '' : `<SKU>${escapeXml(sku)}</SKU>`;
    return `<InventoryStatus><ItemID>${escapeXml(itemId)}</ItemID>${named}<Quantity>${quantity}</Quantity></InventoryStatus>`;
  });
  return client.trading('ReviseInventoryStatus', nodes.join(''), false);
}

/** Whether a listing without units stays alive, hidden; without it eBay ends the listing. */
export async function readOutOfStockControl(client: EbayClient): Promise<boolean> {
  const root = await client.trading(
    'GetUserPreferences',
    '<ShowOutOfStockControlPreference>true</ShowOutOfStockControlPreference>',
    true,
  );
  const failure = refusedByTrading(root);
  if (failure !== null) throw failure;
  return textOf(root, 'OutOfStockControlPreference')?.trim() === 'true';
}
