// From Amazon's report rows and listings items to neutral listings. The SKU is the listing's identity: one for the seller,
// however many marketplaces of the region show it.

import { ChannelError } from '../../net/channel-error.ts';
import type { AvailableReading, ListingSnapshot } from '../channel.ts';
import type { AmazonItem } from './answers.ts';

export const FULFILLED_BY_AMAZON =
  'Amazon keeps and sends this listing’s units (FBA), so its quantity is not set from here.';

/** What a push needs to know besides the SKU. */
const MERCHANT = 'DEFAULT';
const isAmazonChannel = (code: string): boolean => code.toUpperCase().startsWith('AMAZON');

export type ReportRow = {
  readonly sku: string;
  readonly title: string;
  readonly isAmazonFulfilled: boolean;
  readonly isActive: boolean;
};

// The official order of the columns. Headers may be in the marketplace's language, so without the English ones the
// position counts.
const COLUMNS = { 'item-name': 0, 'seller-sku': 3, 'fulfillment-channel': 26, status: 28 } as const;
const COLUMN_COUNT = 29;

/**
 * Reads GET_MERCHANT_LISTINGS_ALL_DATA: tabs and line ends, no quotes.
 * @throws ChannelError `rejected` when it is no such list.
 */
export function readReport(lines: Iterable<string>): readonly ReportRow[] {
  const rows: ReportRow[] = [];
  let places: Places | null = null;
  for (const line of lines) {
    const cells = line.split('\t');
    if (places === null) {
      places = placesIn(cells);
      continue;
    }
    const sku = cells[places.sku] ?? '';
    if (sku === '') continue;
    rows.push({
      sku: copied(sku),
      title: copied(cells[places.title] ?? ''),
      isAmazonFulfilled: isAmazonChannel(cells[places.channel] ?? ''),
      isActive: (cells[places.status] ?? '').trim().toLowerCase() === 'active',
    });
  }
  return rows;
}

/** A cell is a view of its line, and would keep the whole of it, descriptions included, in memory. */
const copied = (cell: string): string => Buffer.from(cell).toString();

type Places = Readonly<Record<'title' | 'sku' | 'channel' | 'status', number>>;

function placesIn(header: readonly string[]): Places {
  const place = (name: keyof typeof COLUMNS): number => {
    const found = header.indexOf(name);
    if (found >= 0) return found;
    if (header.length >= COLUMN_COUNT) return COLUMNS[name];
    throw new ChannelError('rejected', `Amazon's list of listings has no column "${name}".`);
  };
  return {
    title: place('item-name'),
    sku: place('seller-sku'),
    channel: place('fulfillment-channel'),
    status: place('status'),
  };
}

/** One listing for each SKU of all marketplaces: FBA anywhere is FBA, active anywhere is active. */
export function mergeRows(rows: Iterable<ReportRow>): readonly ReportRow[] {
  const bySku = new Map<string, ReportRow>();
  for (const row of rows) {
    const known = bySku.get(row.sku);
    bySku.set(row.sku, {
      sku: row.sku,
      title: known?.title || row.title,
      isAmazonFulfilled: row.isAmazonFulfilled || known?.isAmazonFulfilled === true,
      isActive: row.isActive || known?.isActive === true,
    });
  }
  return [...bySku.values()];
}

export const mapRow = (row: ReportRow, writtenAt: Date): ListingSnapshot => ({
  remoteId: row.sku,
  handle: row.isAmazonFulfilled ? 'AMAZON' : MERCHANT,
  sku: row.sku,
  title: row.title === '' ? row.sku : row.title,
  state: row.isActive ? 'active' : 'inactive',
  tracked: !row.isAmazonFulfilled,
  notPushable: row.isAmazonFulfilled ? FULFILLED_BY_AMAZON : null,
  updatedAt: writtenAt,
});

export function mapItem(item: AmazonItem): ListingSnapshot {
  const row: ReportRow = {
    sku: item.sku,
    title: item.summaries?.find(({ itemName }) => itemName)?.itemName ?? '',
    isAmazonFulfilled: isAmazonFulfilled(item),
    isActive: item.summaries?.some(({ status }) => status.includes('BUYABLE')) === true,
  };
  return mapRow(row, lastChangeOf(item));
}

const isAmazonFulfilled = (item: AmazonItem): boolean =>
  item.fulfillmentAvailability?.some(({ fulfillmentChannelCode: code }) => isAmazonChannel(code)) === true;

export const lastChangeOf = (item: AmazonItem): Date =>
  new Date(Math.max(0, ...(item.summaries ?? []).map(({ lastUpdatedDate }) => lastUpdatedDate.getTime())));

/** The live quantity, which need not be what was submitted. A listing that never had one offers nothing. */
export function readQuantityOf(item: AmazonItem): AvailableReading['reading'] {
  if (isAmazonFulfilled(item)) return { kind: 'untracked' };
  const own = item.fulfillmentAvailability?.find(
    ({ fulfillmentChannelCode }) => fulfillmentChannelCode === MERCHANT,
  );
  return { kind: 'quantity', quantity: own?.quantity ?? 0 };
}
