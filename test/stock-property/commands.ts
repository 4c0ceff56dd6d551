// What may happen in a life, at random.

import fc from 'fast-check';
import { SENDINGS, type Step } from './life.ts';
import { SKUS, WAREHOUSES } from './world.ts';

const upTo = (max: number) => fc.integer({ min: 0, max });
const sku = fc.constantFrom(...SKUS, 'A', 'B');
const warehouse = fc.constantFrom(...WAREHOUSES);
const sending = fc.constantFrom(...SENDINGS, 'once' as const, 'once' as const);
const nth = fc.nat(1_000_000);
const maybe = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item | null> => fc.option(item, { nil: null });
const rows = <Item>(item: fc.Arbitrary<Item>, minLength: number, maxLength: number) =>
  fc.array(item, { minLength, maxLength });

const adjustRow = fc.record({
  sku,
  warehouse,
  action: fc.constantFrom('add' as const, 'add' as const, 'subtract' as const, 'set' as const),
  quantity: upTo(40),
  seen: fc.constantFrom(null, -1, -1, 5, 12),
});
const counts = fc.record({
  ordered: upTo(6),
  fulfilled: upTo(4),
  released: upTo(2),
  writtenOff: upTo(2),
  restocked: upTo(4),
  sentElsewhere: fc.constantFrom(0, 0, 0, 1, 2),
});
const orderRow = fc.record({
  store: upTo(1),
  id: upTo(11),
  lines: rows(
    fc.record({
      counts,
      location: upTo(6),
      otherSku: fc.constantFrom(false, false, false, false, true),
      isThere: fc.constantFrom(true, true, true, false),
    }),
    1,
    3,
  ),
  state: fc.constantFrom(
    'open' as const,
    'open' as const,
    'open' as const,
    'cancelled' as const,
    'deleted' as const,
  ),
  isTold: fc.boolean(),
});
const deliveryRow = fc.record({
  nth: maybe(nth),
  sku,
  from: warehouse,
  to: warehouse,
  quantity: fc.integer({ min: 1, max: 15 }),
  action: upTo(8),
  receiveNow: maybe(fc.integer({ min: 1, max: 8 })),
});
const component = fc.record({
  bundle: fc.constantFrom('K', 'K', 'L', 'A'),
  component: sku,
  units: maybe(fc.integer({ min: 1, max: 3 })),
});
const rule = fc.record({
  keepBack: fc.integer({ min: 1, max: 5 }),
  sharePercent: upTo(100),
  showAtMost: maybe(upTo(20)),
  doNotSell: fc.constantFrom(false, false, true),
});

const KINDS: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('adjust' as const), rows: rows(adjustRow, 8, 30), sending }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('count' as const),
      rows: rows(fc.record({ sku, warehouse, counted: upTo(40) }), 4, 16),
      rest: fc.boolean(),
      ago: maybe(upTo(6)),
      sending,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('purchase' as const, 'transfer' as const),
      rows: rows(deliveryRow, 8, 20),
      sending,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('whole' as const),
      of: fc.constantFrom('purchase' as const, 'transfer' as const),
      nth,
      action: upTo(8),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reverse' as const), nths: rows(nth, 1, 4) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('orders' as const), rows: rows(orderRow, 2, 5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reread' as const), nths: rows(nth, 1, 4) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('compose' as const), rows: rows(component, 1, 4) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rules' as const),
      rows: rows(fc.record({ store: upTo(1), sku: fc.oneof(sku, fc.constant('')), rule: maybe(rule) }), 1, 4),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('map' as const),
      store: upTo(1),
      warehouses: fc.array(upTo(3), { minLength: 3, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('switch' as const), store: upTo(1), fromNow: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'push' as const }, { kind: 'wait' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resend' as const), nth, isEdited: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crowd' as const),
      adds: rows(adjustRow, 12, 36),
      orders: rows(orderRow, 2, 4),
    }),
  },
];

export const step: fc.Arbitrary<Step> = fc.oneof(...KINDS);
