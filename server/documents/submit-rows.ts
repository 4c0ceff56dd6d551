// Rows of any tab that people write in, handed to the document that they are.

import { PEOPLE_TABS, type PeopleTabId } from '../../shared/tabs/people-tabs.ts';
import { submitAdjustmentRows } from './adjustments.ts';
import { submitBundles } from './bundles.ts';
import { submitPurchaseOrders, submitTransfers } from './deliveries.ts';
import type { SubmitRows } from './row-outcome.ts';
import { submitRules } from './rules.ts';
import { submitStockLevels } from './stock-levels.ts';
import { submitStockTake } from './stock-take.ts';

const DOCUMENTS: Readonly<Record<PeopleTabId, SubmitRows>> = {
  adjustments: submitAdjustmentRows,
  'purchase-orders': submitPurchaseOrders,
  transfers: submitTransfers,
  'stock-take': submitStockTake,
  rules: submitRules,
  bundles: submitBundles,
  'stock-levels': submitStockLevels,
};

/** Null: no tab goes by this word. */
export function documentOf(tab: string): SubmitRows | null {
  const known = PEOPLE_TABS.find(({ id }) => id === tab);
  return known === undefined ? null : DOCUMENTS[known.id];
}
