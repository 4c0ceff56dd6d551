// Recorded answers of a real Shopify store, played back over HTTP, go through the client and the map.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { Channel } from '../channel.ts';
import { createFaultBoard } from '../simulation-faults.ts';
import { type SimulationServer, startSimulationServer } from '../simulation-server.ts';
import { cost, createWebhookAnswer, envelope } from './answers.ts';
import { shopify } from './index.ts';

const specs = specsDirectory();
const folder = join(specs ?? '', 'shopify/recorded');
const describeWithSpecs = specs === null ? describe.skip : describe;
const title = (text: string): string => (specs === null ? `${text} (${SPECS_MISSING})` : text);

type Json = { readonly [key: string]: Json } & readonly Json[];
const read = (file: string): Json => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
const at = (json: Json | undefined, path: string): Json | undefined =>
  path.split('.').reduce<Json | undefined>((value, key) => value?.[key], json);

const servers: SimulationServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const ONE_LOCATION = {
  data: {
    locations: {
      nodes: [
        {
          id: 'gid://shopify/Location/106318430514',
          name: 'Shop location',
          isActive: true,
          fulfillsOnlineOrders: true,
          hasActiveInventory: true,
        },
      ],
      pageInfo: { hasNextPage: false, endCursor: null },
    },
  },
};

/** A shop that answers each operation with what is given for it. */
async function replay(recorded: Readonly<Record<string, unknown>>): Promise<Channel> {
  // None of the recordings is about locations: the shop has one.
  const answers: Readonly<Record<string, unknown>> = { ListLocations: ONE_LOCATION, ...recorded };
  const server = await startSimulationServer({
    port: 0,
    faults: createFaultBoard(),
    nameOf: () => 'graphql',
    revoked: () => ({ status: 401, body: {} }),
    handle: ({ body }) => {
      const name = (JSON.parse(body) as { operationName: string }).operationName;
      if (!(name in answers)) throw new Error(`Nothing was recorded for ${name}.`);
      return { status: 200, body: answers[name] as object };
    },
  });
  servers.push(server);
  return shopify.open(
    createTestSession({
      credentials: {
        shop: 'recorded.myshopify.com',
        apiBase: server.address,
        accessToken: 'shpat_recorded',
      },
      settings: { locationIds: ['gid://shopify/Location/106318430514'] },
    }),
  );
}

/** What our document asks for beyond the recorded one; each recording's item was tracked. */
const withTracked = (response: Json | undefined): unknown =>
  JSON.parse(JSON.stringify(response), (key, value: unknown) =>
    key === 'item' && typeof value === 'object' && value !== null ? { ...value, tracked: true } : value,
  );

const pushOne = async (answers: Readonly<Record<string, unknown>>) => {
  const channel = await replay(answers);
  const target = {
    remoteId: 'v',
    handle: 'gid://shopify/InventoryItem/53469430055218',
    quantity: 5,
    expected: 0,
  };
  const [result] = await channel.setAvailable([target], 'recorded');
  return result;
};

describeWithSpecs(title('recorded answers to inventorySetQuantities'), () => {
  const contracts = '2026-04_products_inventory-quantity-contracts-2026-04.json';

  it('a change that was done is accepted', async () => {
    const response = at(read(contracts), 'inventorySetQuantities.response');
    expect(await pushOne({ SetAvailable: withTracked(response) })).toMatchObject({ kind: 'accepted' });
  });

  it('no change at all (group null, no errors) is accepted', async () => {
    const answer = { data: { inventorySetQuantities: { inventoryAdjustmentGroup: null, userErrors: [] } } };
    const recorded = JSON.stringify(read('2026-04_products_inventory-adjust-zero-delta-noop.json'));
    expect(recorded).toContain('"inventoryAdjustmentGroup":null,"userErrors":[]');
    const level = { isActive: true, quantities: [{ name: 'available', quantity: 5 }] };
    const item = { id: 'gid://shopify/InventoryItem/53469430055218', tracked: true, inventoryLevel: level };
    expect(await pushOne({ SetAvailable: answer, ReadLevels: { data: { nodes: [item] } } })).toMatchObject({
      kind: 'accepted',
    });
  });

  it.each(['missingSetIdempotency', 'missingSetChangeFromQuantity', 'legacySetShape'])(
    'the refusal "%s" of a whole request is a rejection with its words',
    async (name) => {
      const response = at(read(contracts), `${name}.response`);
      const message = String(at(response, 'errors.0.message'));
      const result = await pushOne({ SetAvailable: response });
      expect(result).toMatchObject({ kind: 'rejected', message: expect.stringContaining(message) });
    },
  );

  it('an unknown item is gone', async () => {
    const response = at(read(contracts), 'unknownIdValidation.setUnknownInventoryItem.response');
    expect(await pushOne({ SetAvailable: response })).toMatchObject({ kind: 'gone' });
  });

  it('an unknown location is tried to be stocked, then set', async () => {
    const file = read(contracts);
    const activated = at(
      read('2026-04_products_inventory-activate-on-hand.json'),
      'cases.alreadyActiveOnHand.response',
    );
    const result = await pushOne({
      SetAvailable: at(file, 'unknownIdValidation.setUnknownLocation.response'),
      Activate: activated,
    });
    expect(result).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('The specified location could not be found.'),
    });
  });

  it('a location where the item cannot be stocked is a rejection with its words', async () => {
    const refused = at(
      read('2026-04_products_inventory-activate-on-hand.json'),
      'cases.onHandOutOfRange.response',
    );
    const result = await pushOne({
      SetAvailable: at(read(contracts), 'unknownIdValidation.setUnknownLocation.response'),
      Activate: refused,
    });
    expect(result).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining("couldn't be stocked"),
    });
  });

  it.each([
    '2026-04_products_inventorySetQuantities-quantity-bounds.json',
    '2026-04_products_inventorySetQuantities-name-validation.json',
    '2026-04_products_inventory-reason-validation.json',
  ])('every refusal recorded in %s is a rejection with its words', async (file) => {
    const refusals = setAnswersIn(read(file)).filter(
      (answer) => at(answer, 'data.inventorySetQuantities.userErrors.0') !== undefined,
    );
    expect(refusals.length).toBeGreaterThan(0);
    for (const response of refusals) {
      const message = String(at(response, 'data.inventorySetQuantities.userErrors.0.message'));
      expect(await pushOne({ SetAvailable: response })).toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining(message),
      });
    }
  });
});

/** Every recorded answer that holds a result of inventorySetQuantities. */
function setAnswersIn(json: unknown): Json[] {
  if (typeof json !== 'object' || json === null) return [];
  if (at(json as Json, 'data.inventorySetQuantities.userErrors') !== undefined) return [json as Json];
  return Object.values(json).flatMap(setAnswersIn);
}

const NO_MORE = { hasNextPage: false, endCursor: null };
const time = '2026-06-22T21:37:28Z';
/** A recorded order, with what its recording did not ask for filled in neutrally. */
const wholeOrder = (recorded: Json | undefined, changes: object) => ({
  createdAt: time,
  updatedAt: time,
  cancelledAt: null,
  confirmed: true,
  test: false,
  displayFulfillmentStatus: 'UNFULFILLED',
  returnStatus: 'NO_RETURN',
  fulfillments: [],
  refunds: [],
  lineItems: { nodes: [], pageInfo: NO_MORE },
  ...recorded,
  ...changes,
});
const line = (recorded: Json | undefined, unfulfilledQuantity: number, changes: object = {}) => ({
  sku: null,
  name: String(recorded?.['title']),
  isGiftCard: false,
  requiresShipping: true,
  variant: null,
  fulfillmentService: null,
  unfulfilledQuantity,
  ...recorded,
  ...changes,
});
const readOrder = async (order: object) => {
  const channel = await replay({ ReadOrders: { data: { nodes: [order] } } });
  const [reading] = await channel.readOrders(['gid://shopify/Order/1']);
  return reading?.kind === 'order' ? reading.order : null;
};

describeWithSpecs(title('recorded orders'), () => {
  it('an edit from 3 to 1 releases two units; the added line is ordered', async () => {
    const order = at(
      read('2026-04_orders_order-edit-commit-history-and-fulfillment-orders.json'),
      'downstreamRead.response.payload.data.order',
    );
    const nodes = [0, 1].map((index) => {
      const recorded = at(order, `lineItems.nodes.${index}`);
      return line(recorded, Number(recorded?.['currentQuantity']));
    });
    const snapshot = await readOrder(wholeOrder(order, { lineItems: { nodes, pageInfo: NO_MORE } }));
    expect(snapshot?.lines.map(({ sku, counts }) => [sku, counts.ordered, counts.released])).toEqual([
      ['order-edit-source-20260622213724', 3, 2],
      ['sku-untracked-1', 2, 0],
    ]);
    expect(snapshot?.updatedAt).toEqual(new Date('2026-06-22T21:37:28Z'));
  });

  it('a cancelled order is cancelled although Shopify still calls it unfulfilled', async () => {
    const order = at(
      read('2026-04_orders_orderCancel-restock-refundMethod-parity.json'),
      'downstreamRead.response.data.order',
    );
    const snapshot = await readOrder(wholeOrder(order, { refunds: [] }));
    expect(snapshot).toMatchObject({ state: 'cancelled', channelState: 'Cancelled', number: '#1390' });
  });

  it('a refund without restock of a unit that was never sent writes it off', async () => {
    const file = read('2025-01_orders_refund-create-full-parity.json');
    const order = at(file, 'downstreamRead.response.data.order');
    const refund = at(file, 'mutation.response.data.refundCreate.refund');
    const refunded = at(refund, 'refundLineItems.nodes.0');
    const lineItem = at(refunded, 'lineItem');
    const refunds = [
      {
        ...refund,
        refundLineItems: { nodes: [{ location: null, ...refunded }], pageInfo: NO_MORE },
      },
    ];
    const nodes = [line(lineItem, 0, { quantity: 1, currentQuantity: 0 })];
    const snapshot = await readOrder(wholeOrder(order, { refunds, lineItems: { nodes, pageInfo: NO_MORE } }));
    expect(snapshot?.lines).toMatchObject([
      { counts: { ordered: 1, fulfilled: 0, released: 0, writtenOff: 1, restocked: 0 }, taken: 1 },
    ]);
  });
});

describeWithSpecs(title('every recorded answer'), () => {
  const answersIn = (json: Json | undefined): Json[] => {
    if (typeof json !== 'object' || json === null) return [];
    const own = 'data' in json || 'errors' in json ? [json] : [];
    return [...own, ...Object.values<Json>(json).flatMap(answersIn)];
  };
  it.each(specs === null ? [] : readdirSync(folder))('%s: cost and errors are understood', (file) => {
    const answers = answersIn(read(file));
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) {
      const parsed = envelope.parse(answer);
      const recordedCost = at(answer, 'extensions.cost');
      if (recordedCost !== undefined) expect(parsed.extensions?.cost).toEqual(cost.parse(recordedCost));
      const created = at(answer, 'data.webhookSubscriptionCreate');
      if (created !== undefined) expect(() => createWebhookAnswer.parse(parsed.data)).not.toThrow();
    }
  });
});
