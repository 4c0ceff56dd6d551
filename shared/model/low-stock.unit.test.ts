// Days of cover and suggested orders, from real sales.

import { expect, test } from '@jest/globals';
import { daysOfCover, type LowStock, suggestedOrder } from './low-stock.ts';

const LOW: LowStock = {
  available: 12,
  incoming: 0,
  alertAt: 20,
  leadDays: 14,
  coverDays: 30,
  sold: 60,
  sellingDays: 30,
};

test.each<[string, Partial<LowStock>, number | null, number]>([
  ['2 a day, 12 left: 6 days; an order for 44 days of sales less what is there', {}, 6, 76],
  ['what is on its way is not ordered again', { incoming: 50 }, 6, 26],
  ['enough on its way: nothing to order', { incoming: 500 }, 6, 0],
  ['the same sales in 3 days: 20 a day', { sellingDays: 3 }, 0, 868],
  ['no sales: no cover is known, and the order lifts it above its alert level', { sold: 0 }, null, 9],
  ['more came back than was sold: as without sales', { sold: -3 }, null, 9],
  ['a part of a unit needed is a whole one ordered', { sold: 1, available: 0, alertAt: 0 }, 0, 2],
  ['oversold: 0 days, and what is owed to customers is ordered too', { available: -5 }, 0, 93],
])('%s', (_name, change, cover, order) => {
  const low = { ...LOW, ...change };
  expect([daysOfCover(low), suggestedOrder(low)]).toEqual([cover, order]);
});
