// eBay orders as neutral snapshots: the official examples and every trap of the facts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { mapOrder, orderShape, shipmentsShape } from './map-order.ts';

const specs = specsDirectory();

const plain = {
  orderId: '27-1',
  creationDate: '2026-11-22T10:00:00.000Z',
  lastModifiedDate: '2026-11-23T08:00:00.000Z',
  orderFulfillmentStatus: 'NOT_STARTED',
  orderPaymentStatus: 'PAID',
  cancelStatus: { cancelState: 'NONE_REQUESTED', cancelRequests: [] },
};
const line = {
  lineItemId: '1',
  legacyItemId: '110',
  sku: 'MUG',
  title: 'Mug',
  quantity: 4,
  lineItemFulfillmentStatus: 'NOT_STARTED',
};
const map = (order: object, shipments: readonly object[] = [], ...lines: readonly object[]) =>
  mapOrder(
    orderShape.parse({ ...plain, ...order, lineItems: lines.length === 0 ? [line] : lines }),
    shipmentsShape.parse({ fulfillments: shipments }).fulfillments ?? [],
  );
const shipment = (shippedDate: string, quantity?: number) => ({
  shippedDate,
  lineItems: [{ lineItemId: '1', ...(quantity === undefined ? {} : { quantity }) }],
});

describe('states (facts 3.4)', () => {
  it.each([
    ['NONE_REQUESTED', 'open'],
    ['IN_PROGRESS', 'open'],
    ['CANCELED', 'cancelled'],
  ])('cancel state %s is %s: a request is no cancellation', (cancelState, state) => {
    expect(map({ cancelStatus: { cancelState, cancelRequests: [] } }).state).toBe(state);
  });

  it.each([
    ['PENDING', 'payment pending'],
    ['PAID', 'paid'],
    ['FAILED', 'payment failed'],
    ['PARTIALLY_REFUNDED', 'partially refunded'],
    ['FULLY_REFUNDED', 'fully refunded'],
  ])('payment %s keeps the units booked: money says nothing about units', (orderPaymentStatus, words) => {
    const order = map({ orderPaymentStatus });
    expect(order.state).toBe('open');
    expect(order.lines[0]?.counts).toEqual({
      ordered: 4,
      fulfilled: 0,
      released: 0,
      writtenOff: 0,
      restocked: 0,
    });
    expect(order.channelState).toBe(`Not shipped, ${words}`);
  });

  it('goods that eBay carries abroad leave our own warehouse: they count', () => {
    const fulfillmentStartInstructions = [{ ebaySupportedFulfillment: true }];
    expect(map({ fulfillmentStartInstructions }).lines[0]?.ignoredBecause).toBeNull();
  });
});

describe('refunds', () => {
  const refundsOf = (...refunds: readonly object[]) => map({ paymentSummary: { refunds } }).unclearRefunds;
  const amount = { value: '12.50', currency: 'EUR' };
  const refundDate = '2026-11-23T08:00:00.000Z';

  it('an issued refund is told by its reference and sum; it names no units', () => {
    expect(refundsOf({ amount, refundDate, refundReferenceId: 'R-1', refundStatus: 'REFUNDED' })).toEqual([
      { id: 'R-1', at: new Date(refundDate), amount: '12.50 EUR' },
    ]);
  });

  it('one that is under way is not told: it has no date, and no id that stays', () => {
    expect(refundsOf({ amount, refundId: 'first', refundStatus: 'PENDING' })).toEqual([]);
  });

  it('without a reference its date and sum name it', () => {
    expect(refundsOf({ amount, refundDate })?.[0]?.id).toBe(`${refundDate}/12.50 EUR`);
  });
});

describe('shipments (facts 3.4)', () => {
  const partly = { ...line, lineItemFulfillmentStatus: 'IN_PROGRESS' };
  const sent = { ...line, lineItemFulfillmentStatus: 'FULFILLED' };
  const day = '2026-11-23T07:00:00.000Z';

  it('a line partly sent takes its units from the shipments', () => {
    const [mapped] = map({}, [shipment(day, 1), shipment(day, 2)], partly).lines;
    expect(mapped?.counts.fulfilled).toBe(3);
    expect(mapped?.dated).toEqual([
      { count: 'fulfilled', quantity: 1, at: new Date(day) },
      { count: 'fulfilled', quantity: 2, at: new Date(day) },
    ]);
  });

  it('a shipment without a number of units is of one', () => {
    expect(map({}, [shipment(day)], partly).lines[0]?.counts.fulfilled).toBe(1);
  });

  it('a sent line is sent whole, whatever the shipments add up to', () => {
    expect(map({}, [shipment(day, 1)], sent).lines[0]?.counts.fulfilled).toBe(4);
    const [tooMany] = map({}, [shipment(day, 3), shipment(day, 3)], sent).lines;
    expect(tooMany?.counts.fulfilled).toBe(4);
    expect(tooMany?.dated.map(({ quantity }) => quantity)).toEqual([3, 1]);
  });

  it('shipments of another line, and of a line not begun, count nothing', () => {
    expect(map({}, [shipment(day, 2)]).lines[0]?.counts.fulfilled).toBe(0);
    const other = { ...partly, lineItemId: '2' };
    expect(map({}, [shipment(day, 2)], other).lines[0]?.counts.fulfilled).toBe(0);
  });
});

describe('which listing was sold (facts 3.4)', () => {
  const of = (change: object) => map({}, [], { ...line, ...change }).lines[0];

  it('a line without a SKU still names its listing', () => {
    expect(of({ sku: undefined })).toMatchObject({ sku: null, listingRemoteId: '110' });
    expect(of({ sku: '' })?.sku).toBeNull();
  });

  it('a variation is named by its specifics, in any order', () => {
    const size = { name: 'Size', value: 'M' };
    const color = { name: 'Color', value: 'Red & blue' };
    for (const variationAspects of [
      [size, color],
      [color, size],
    ]) {
      expect(of({ legacyVariationId: '4110', variationAspects })?.listingRemoteId).toBe(
        '110~Color=Red+%26+blue&Size=M',
      );
    }
  });

  it('a variation without specifics leaves it to the SKU', () => {
    expect(of({ legacyVariationId: '4110' })).toMatchObject({ sku: 'MUG', listingRemoteId: null });
    expect(of({ legacyVariationId: '0' })?.listingRemoteId).toBe('110');
  });
});

if (specs === null) it.todo(SPECS_MISSING);
else
  describe('official examples', () => {
    const example = (name: string) =>
      JSON.parse(readFileSync(join(specs, 'ebay/examples', `${name}.json`), 'utf8'));

    it('every order of the example list is read', () => {
      const { fulfillments } = shipmentsShape.parse(example('getShippingFulfillments.response').body);
      const orders = example('getOrders.statuses.response').body.orders.map((body: unknown) =>
        mapOrder(orderShape.parse(body), fulfillments ?? []),
      );
      expect(
        orders.map(({ state, lines }: ReturnType<typeof mapOrder>) => [
          state,
          ...lines.map(({ sku, counts }) => `${sku} ${counts.fulfilled}/${counts.ordered}`),
        ]),
      ).toEqual([
        ['open', 'MUG-01 0/2'],
        ['open', 'TEE-M-RED 1/1', 'MUG-01 0/1'],
        ['cancelled', 'MUG-01 0/1'],
        ['open', 'MUG-01 1/1'],
      ]);
    });
  });
