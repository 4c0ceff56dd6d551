// The standing trouble of a SKU that sold more than there was: orders raise it, orders and adjustments end it.

import type { Sku } from '../../shared/model/ids.ts';

export const oversoldTrouble = (sku: Sku): string => `oversold:${sku}`;
