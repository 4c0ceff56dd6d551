// A listing as the Trading API shows it, read from its XML.

import { childrenOf, find, numberOf, textOf, type XmlElement } from './xml.ts';

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

export function readActiveList(root: XmlElement): ActivePage {
  const list = find(root, 'ActiveList');
  return {
    items: childrenOf(find(list, 'ItemArray'), 'Item').map(readItem),
    pageCount: numberOf(list, 'PaginationResult', 'TotalNumberOfPages') ?? 0,
    entryCount: numberOf(list, 'PaginationResult', 'TotalNumberOfEntries') ?? 0,
  };
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
