// The few Trading calls we make for listings that the Inventory API cannot see, and how their answers read.

import { codesOf, type EbayClient } from './client.ts';
import { PAGE_MAX } from './manifest.ts';
import { refusedByTrading } from './trading-refusal.ts';
import { childrenOf, escapeXml, find, numberOf, textOf, type XmlElement } from './xml.ts';

export type Variation = {
  readonly sku: string | null;
  /** What makes it this variation: names and values, as `specificsKey` writes them. */
  readonly key: string;
  readonly label: string;
  readonly available: number;
};

export type Item = {
  readonly itemId: string;
  readonly title: string;
  readonly listingType: string;
  readonly sku: string | null;
  readonly available: number;
  readonly hasEnded: boolean;
  /** Empty for a listing without variations. */
  readonly variations: readonly Variation[];
};

export type ActivePage = {
  readonly items: readonly Item[];
  readonly pageCount: number;
  readonly entryCount: number;
};

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

export function readActiveList(root: XmlElement): ActivePage {
  const list = find(root, 'ActiveList');
  return {
    items: childrenOf(find(list, 'ItemArray'), 'Item').map(readItem),
    pageCount: numberOf(list, 'PaginationResult', 'TotalNumberOfPages') ?? 0,
    entryCount: numberOf(list, 'PaginationResult', 'TotalNumberOfEntries') ?? 0,
  };
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

export function readItem(element: XmlElement): Item {
  return {
    itemId: textOf(element, 'ItemID') ?? '',
    title: textOf(element, 'Title') ?? '',
    listingType: textOf(element, 'ListingType') ?? '',
    sku: textOf(element, 'SKU') || null,
    available: availableOf(element),
    hasEnded: ['Completed', 'Ended'].includes(textOf(element, 'SellingStatus', 'ListingStatus') ?? ''),
    variations: childrenOf(find(element, 'Variations'), 'Variation').map(readVariation),
  };
}

function readVariation(element: XmlElement): Variation {
  const pairs = childrenOf(find(element, 'VariationSpecifics'), 'NameValueList').map(
    (pair): readonly [string, string] => [textOf(pair, 'Name') ?? '', textOf(pair, 'Value') ?? ''],
  );
  return {
    sku: textOf(element, 'SKU') || null,
    key: specificsKey(pairs),
    label: pairs.map(([, value]) => value).join(', '),
    available: availableOf(element),
  };
}

// Quantity counts what was ever offered, the units already sold too.
function availableOf(element: XmlElement): number {
  const told = numberOf(element, 'QuantityAvailable');
  if (told !== null) return told;
  const sold = numberOf(element, 'SellingStatus', 'QuantitySold') ?? 0;
  return Math.max(0, (numberOf(element, 'Quantity') ?? 0) - sold);
}

/** One spelling for one variation, whatever the order its specifics come in. */
export function specificsKey(pairs: readonly (readonly [string, string])[]): string {
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return new URLSearchParams(sorted.map(([name, value]): [string, string] => [name, value])).toString();
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
