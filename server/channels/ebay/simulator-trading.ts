// The Trading side of a simulated eBay account: XML in, XML out, everything inside an HTTP 200.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { PAGE_MAX, REVISE_BATCH_MAX, TRADING_VERSION } from './manifest.ts';
import {
  OPTION_NAME,
  type ShopMemory,
  type SimulatedListing,
  type SimulatedUnit,
  shownOf,
} from './simulator-memory.ts';
import type { Revise } from './simulator-revise.ts';
import { childrenOf, escapeXml, find, numberOf, parseXml, textOf, type XmlElement } from './xml.ts';

export type TradingRules = {
  readonly memory: ShopMemory;
  readonly active: () => readonly SimulatedListing[];
  readonly now: () => Date;
  readonly revise: Revise;
  readonly changed: () => void;
  readonly outOfStockControl: () => boolean;
  /** A variation that never sold is taken off its listing when it is set to 0. */
  readonly removesUnsoldAtZero: () => boolean;
};

export const callOf = ({ headers }: SimulationRequest): string => headers['x-ebay-api-call-name'] ?? '';

const answer = (call: string, content: string): SimulationAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/xml; charset=utf-8' },
  body:
    `<?xml version="1.0" encoding="UTF-8"?><${call}Response xmlns="urn:ebay:apis:eBLBaseComponents">` +
    `${content}<Version>${TRADING_VERSION}</Version></${call}Response>`,
});

export const tradingFailure = (call: string, code: number, message: string): SimulationAnswer =>
  answer(call, `<Ack>Failure</Ack>${errorXml(code, message, 'Error')}`);

const errorXml = (code: number, message: string, severity: 'Error' | 'Warning'): string =>
  `<Errors><ShortMessage>${escapeXml(message)}</ShortMessage><LongMessage>${escapeXml(message)}</LongMessage>` +
  `<ErrorCode>${code}</ErrorCode><SeverityCode>${severity}</SeverityCode></Errors>`;

export function answerTrading(rules: TradingRules, request: SimulationRequest): SimulationAnswer {
  const call = callOf(request);
  const root = parseXml(request.body);
  if (root === null || !request.body.includes(`<${call}Request`))
    return tradingFailure(call, 5, 'XML Parse error.');
  const stamp = `<Timestamp>${rules.now().toISOString()}</Timestamp>`;
  switch (call) {
    case 'GetMyeBaySelling':
      return answer(call, `${stamp}<Ack>Success</Ack>${activeList(rules.active(), root)}`);
    case 'GetItem': {
      const listing = rules.memory.listings.get(textOf(root, 'ItemID') ?? '');
      if (listing === undefined) return tradingFailure(call, 17, 'This item cannot be accessed.');
      return answer(call, `${stamp}<Ack>Success</Ack>${itemXml(listing, false)}`);
    }
    case 'GetUserPreferences': {
      const isOn = rules.outOfStockControl();
      return answer(
        call,
        `${stamp}<Ack>Success</Ack><OutOfStockControlPreference>${isOn}</OutOfStockControlPreference>`,
      );
    }
    case 'ReviseInventoryStatus':
      return answer(call, revise(rules, childrenOf(root, 'InventoryStatus')).content);
    default:
      return tradingFailure(call, 2, 'Unsupported API call.');
  }
}

// ---- reading ----------------------------------------------------------------------------------------------------

function activeList(active: readonly SimulatedListing[], root: XmlElement): string {
  const pagination = find(root, 'ActiveList', 'Pagination');
  const size = Math.min(PAGE_MAX, numberOf(pagination, 'EntriesPerPage') ?? 25);
  const page = numberOf(pagination, 'PageNumber') ?? 1;
  const items = active.slice((page - 1) * size, page * size).map((listing) => itemXml(listing, true));
  return (
    `<ActiveList><ItemArray>${items.join('')}</ItemArray><PaginationResult>` +
    `<TotalNumberOfPages>${Math.ceil(active.length / size)}</TotalNumberOfPages>` +
    `<TotalNumberOfEntries>${active.length}</TotalNumberOfEntries></PaginationResult></ActiveList>`
  );
}

function itemXml(listing: SimulatedListing, isInList: boolean): string {
  const { itemId, title, world, hasEnded, group, units } = listing;
  const type = world === 'auction' ? 'Chinese' : 'FixedPriceItem';
  const status = `<ListingStatus>${hasEnded ? 'Completed' : 'Active'}</ListingStatus>`;
  const head = `<ItemID>${itemId}</ItemID><ListingType>${type}</ListingType><Title>${escapeXml(title)}</Title>`;
  const [only] = units;
  if (group === null && only !== undefined) {
    return `<Item>${head}${skuXml(only)}${countsXml(listing, only, status, isInList)}</Item>`;
  }
  const variations = units.map(
    (unit) =>
      `<Variation>${skuXml(unit)}${countsXml(listing, unit, '', false)}<VariationSpecifics><NameValueList>` +
      `<Name>${OPTION_NAME}</Name><Value>${escapeXml(unit.option ?? '')}</Value></NameValueList></VariationSpecifics></Variation>`,
  );
  return `<Item>${head}<Variations>${variations.join('')}</Variations><SellingStatus>${status}</SellingStatus></Item>`;
}

const skuXml = ({ sku }: SimulatedUnit): string => (sku === null ? '' : `<SKU>${escapeXml(sku)}</SKU>`);

// Quantity is what was ever offered, the sold units too.
function countsXml(
  listing: SimulatedListing,
  unit: SimulatedUnit,
  status: string,
  withAvailable: boolean,
): string {
  const shown = shownOf(listing, unit);
  const available = withAvailable ? `<QuantityAvailable>${shown}</QuantityAvailable>` : '';
  return (
    `<Quantity>${shown + unit.sold}</Quantity>${available}` +
    `<SellingStatus>${status}<QuantitySold>${unit.sold}</QuantitySold></SellingStatus>`
  );
}

// ---- writing ----------------------------------------------------------------------------------------------------

type Change = {
  readonly listing: SimulatedListing;
  readonly unit: SimulatedUnit;
  readonly sku: string | null;
  readonly quantity: number;
};

type Revised = { readonly content: string; readonly failed: boolean };

const failure = (code: number, message: string): Revised => ({
  content: `<Ack>Failure</Ack>${errorXml(code, message, 'Error')}`,
  failed: true,
});

/** All or nothing, until a number itself is refused: what came before it stays. */
export function revise(rules: TradingRules, nodes: readonly XmlElement[]): Revised {
  if (nodes.length > REVISE_BATCH_MAX) return failure(21916760, 'More than 4 items.');
  const changes: Change[] = [];
  for (const node of nodes) {
    const change = changeOf(rules.memory, node);
    if ('code' in change) return failure(change.code, change.message);
    changes.push(change);
  }
  const done: string[] = [];
  let warning = '';
  for (const { listing, unit, sku, quantity } of changes) {
    const problem = rules.revise(listing, unit, quantity);
    if (problem !== null) return failure(21919000, problem);
    done.push(
      `<InventoryStatus>${sku === null ? '' : `<SKU>${escapeXml(sku)}</SKU>`}<ItemID>${listing.itemId}</ItemID>` +
        `<Quantity>${quantity}</Quantity></InventoryStatus>`,
    );
    if (quantity > 0 || unit.option === null || unit.sold > 0 || !rules.removesUnsoldAtZero()) continue;
    listing.units = listing.units.filter((one) => one !== unit);
    warning = errorXml(21916620, 'A variation without a sale was removed.', 'Warning');
    rules.changed();
  }
  const ack = warning === '' ? 'Success' : 'Warning';
  return { content: `<Ack>${ack}</Ack>${warning}${done.join('')}`, failed: false };
}

function changeOf(
  memory: ShopMemory,
  node: XmlElement,
): Change | { readonly code: number; readonly message: string } {
  const listing = memory.listings.get(textOf(node, 'ItemID') ?? '');
  const sku = textOf(node, 'SKU');
  if (listing === undefined) return { code: 17, message: 'This item cannot be accessed.' };
  if (listing.hasEnded) return { code: 291, message: 'You are not allowed to revise ended listings.' };
  if (listing.world === 'inventory') {
    return {
      code: 21919474,
      message: 'Inventory-based listing management is not currently supported by this tool.',
    };
  }
  if (listing.world === 'auction')
    return { code: 21916286, message: 'Only fixed price items can be revised.' };
  const unit = listing.units.find((one) => (listing.group === null ? sku === null : one.sku === sku));
  if (unit === undefined) return { code: 21916799, message: 'SKU does not exist in the item.' };
  return { listing, unit, sku, quantity: numberOf(node, 'Quantity') ?? -1 };
}
