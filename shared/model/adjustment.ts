// What an adjustment may say.

export const ADJUSTMENT_ACTIONS = ['add', 'subtract', 'set'] as const;
export type AdjustmentAction = (typeof ADJUSTMENT_ACTIONS)[number];

/** What people write in a row, in the order in which it is compared. */
export const ADJUSTMENT_COLUMNS = ['sku', 'warehouse', 'action', 'quantity', 'reason', 'note'] as const;

export const ADJUSTMENT_REASONS = [
  'stock take',
  'received',
  'returned',
  'damaged',
  'lost',
  'found',
  'sample',
  'correction',
  'other',
] as const;
