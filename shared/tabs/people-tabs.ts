// The tabs that people write rows in, each under the word it has in the address of the API.

import { ADJUSTMENTS_TAB } from './adjustments.ts';
import { BUNDLES_TAB } from './bundles.ts';
import { PURCHASE_ORDERS_TAB } from './purchase-orders.ts';
import { RULES_TAB } from './rules.ts';
import { STOCK_LEVELS_TAB } from './stock-levels.ts';
import { STOCK_TAKE_TAB } from './stock-take.ts';
import type { TabDefinition } from './tab.ts';
import { TRANSFERS_TAB } from './transfers.ts';

export type PeopleTab = {
  readonly id: string;
  readonly definition: TabDefinition;
  /** Of so many rows at most is a request. Absent: as many as the server takes, since rows may belong together. */
  readonly rowsPerRequest?: number;
};

/** Few enough for an answer within the minute that Google waits, from a slow server too. */
const ROWS_THAT_STAND_ALONE = 1_000;

export const PEOPLE_TABS = [
  { id: 'adjustments', definition: ADJUSTMENTS_TAB, rowsPerRequest: ROWS_THAT_STAND_ALONE },
  { id: 'purchase-orders', definition: PURCHASE_ORDERS_TAB },
  { id: 'transfers', definition: TRANSFERS_TAB },
  { id: 'stock-take', definition: STOCK_TAKE_TAB },
  { id: 'rules', definition: RULES_TAB },
  { id: 'bundles', definition: BUNDLES_TAB },
  { id: 'stock-levels', definition: STOCK_LEVELS_TAB },
] as const satisfies readonly PeopleTab[];

export type PeopleTabId = (typeof PEOPLE_TABS)[number]['id'];
