// Every request of ours, every answer of the simulated Amazon and every official example against the official models.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { ZodType } from 'zod';
import { createTestSession } from '../../../test/support/channel-session.ts';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import type { ChannelRequest, ChannelResponse } from '../../net/channel-http.ts';
import * as answers from './answers.ts';
import { readProcessingReport } from './feed.ts';
import { amazon } from './index.ts';
import { PATCH_MAX } from './manifest.ts';
import { mapItem, mapRow, readReport } from './map-listing.ts';
import { mapOrder } from './map-order.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import { feedOf, patchRequest } from './quantity-patch.ts';
import { type AmazonSimulatedShop, startAmazonSimulator } from './simulator.ts';

type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly items?: { readonly enum?: readonly string[] };
  readonly schema?: object;
};
type Example = { readonly response: unknown };
type Response = { readonly schema?: object; readonly 'x-amzn-api-sandbox'?: { static?: readonly Example[] } };
type ModelOperation = {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
};
type Model = {
  readonly definitions: object;
  readonly paths: Readonly<Record<string, Readonly<Record<string, ModelOperation>>>>;
};

const specs = specsDirectory();
const folder = join(specs ?? '', 'amazon');
const title = (text: string): string => (specs === null ? `${text} (${SPECS_MISSING})` : text);
const describeWithSpecs = specs === null ? describe.skip : describe;
const readJson = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const MODELS: readonly (readonly [RegExp, string])[] = [
  [/^\/orders\//, 'orders_2026-01-01'],
  [/^\/listings\//, 'listingsItems_2021-08-01'],
  [/^\/feeds\//, 'feeds_2021-06-30'],
  [/^\/reports\//, 'reports_2021-06-30'],
  [/^\/sellers\//, 'sellers'],
  [/^\/notifications\//, 'notifications'],
];
const known = new Map<string, Model>();
function modelOf(path: string): Model {
  const name = MODELS.find(([pattern]) => pattern.test(path))?.[1] ?? '';
  const model = known.get(name) ?? (readJson(`models/${name}.json`) as Model);
  known.set(name, model);
  return model;
}

function officialOf(name: OperationName): ModelOperation {
  const { path, method } = OPERATIONS[name];
  const found = modelOf(path).paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${name} is not at ${method} ${path} in the official model.`);
  return found;
}

const compiled = new Map<object, ValidateFunction>();
function problemsOf(
  model: Pick<Model, 'definitions'> | null,
  schema: object,
  value: unknown,
): readonly string[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    validate = ajv.compile(model === null ? schema : { ...schema, definitions: model.definitions });
    compiled.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

type Exchange = { readonly request: ChannelRequest; readonly response: ChannelResponse };
const running: AmazonSimulatedShop[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((shop) => shop.close()));
});

/** Everything the channel can ask of an account that has something of everything. */
async function exchangesOfAWholeDay(): Promise<readonly Exchange[]> {
  let nowMs = Date.parse('2026-11-23T03:44:00Z');
  const now = (): Date => new Date(nowMs);
  const shop = await startAmazonSimulator({ port: 0, now, limits: false });
  running.push(shop);
  const seen: Exchange[] = [];
  const test = createTestSession({ credentials: shop.credentials, now });
  const channel = amazon.open({
    ...test,
    http: {
      ...test.http,
      send: async (request, judge) => {
        const response = await test.http.send(request, judge);
        seen.push({ request, response });
        return response;
      },
    },
  });
  await channel.check();
  for (let number = 0; number <= PATCH_MAX + 20; number += 1) {
    shop.addProduct({ sku: `SKU-${number}`, title: `Product ${number}`, quantity: 5 });
  }
  shop.addProduct({ sku: 'A,B', title: 'With a comma', quantity: 5 });
  shop.addProduct({ sku: 'FBA', title: 'Sent by Amazon', quantity: 5, tracked: false });
  const orders = ['SKU-1', 'SKU-2', 'SKU-3', 'SKU-4'].map((remoteId) =>
    shop.buy([{ remoteId, quantity: 2 }]),
  );
  const [sent, partly, cancelled, asked] = orders.map(({ remoteId }) => remoteId) as [
    string,
    string,
    string,
    string,
  ];
  shop.buyPending([{ remoteId: 'SKU-5', quantity: 1 }]);
  shop.replace(sent);
  shop.fulfil(sent);
  shop.fulfil(partly, [{ lineId: orders[1]?.lines[0]?.lineId ?? '', quantity: 1 }]);
  shop.cancel(cancelled);
  shop.requestCancel(asked);
  nowMs += 3 * 60_000;
  await channel.listListings({ updatedFrom: new Date(nowMs) }, null);
  const { listings } = await channel.listListings({ updatedFrom: null }, null);
  await channel.listOrders({ kind: 'updated', from: new Date(nowMs - 3_600_000) }, null);
  await channel.listOrders({ kind: 'open' }, null);
  await channel.readOrders([sent, 'unknown']);
  await channel.readAvailable(listings);
  const targets = (quantity: number) =>
    listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity, expected: null }));
  await channel.setAvailable(targets(2), 'many');
  // Its answer is lost, so that it has to be recognised.
  shop.setFault('timeoutAfter', 1);
  await channel.setAvailable(targets(3), 'many');
  await channel.setAvailable(targets(4).slice(0, 3), 'few');
  return seen;
}

const pathOf = ({ url }: ChannelRequest): string => new URL(url).pathname;
const isOperation = ({ request }: Exchange): boolean => request.operation !== undefined;

function queryProblems(request: ChannelRequest, official: ModelOperation): readonly string[] {
  const parameters = (official.parameters ?? []).filter((one) => one.in === 'query');
  const url = new URL(request.url);
  const sent = [...url.searchParams].flatMap(([name, text]) => {
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) return [`${name} does not exist`];
    const values = parameter.type === 'array' ? text.split(',') : [text];
    const choices = parameter.items?.enum ?? parameter.enum;
    return [
      ...values.filter((value) => choices?.includes(value) === false).map((value) => `${name}=${value}`),
      ...(values.length > (parameter.maxItems ?? Number.POSITIVE_INFINITY) ? [`${name} is too long`] : []),
      ...(Number(text) > (parameter.maximum ?? Number.POSITIVE_INFINITY) ? [`${name}=${text}`] : []),
    ];
  });
  const missing = parameters.filter(({ required, name }) => required === true && !url.searchParams.has(name));
  return [...sent, ...missing.map(({ name }) => `${name} is missing`)];
}

function requestProblems(request: ChannelRequest): readonly string[] {
  const official = officialOf(request.operation as OperationName);
  const body = (official.parameters ?? []).find((one) => one.in === 'body')?.schema;
  const problems = [...queryProblems(request, official)];
  if (request.body === undefined) return body === undefined ? problems : [...problems, 'the body is missing'];
  if (body === undefined) return [...problems, 'there is no body'];
  return [...problems, ...problemsOf(modelOf(pathOf(request)), body, JSON.parse(request.body))];
}

function responseProblems({ request, response }: Exchange): readonly string[] {
  const official = officialOf(request.operation as OperationName).responses[String(response.status)];
  if (official?.schema === undefined) return [`${request.operation} never answers ${response.status}`];
  return problemsOf(modelOf(pathOf(request)), official.schema, JSON.parse(response.text));
}

describeWithSpecs(title('the official models'), () => {
  it('every operation is where the model has it, with the usage plan that is published', () => {
    const published = readJson('rate-limits.json') as {
      operations: Record<string, { rate_rps: number; burst: number; deprecated: boolean }>;
    };
    for (const [name, { requestsPerSecond, burst, path }] of Object.entries(OPERATIONS)) {
      expect(officialOf(name as OperationName).operationId).toBe(name);
      const model = MODELS.find(([pattern]) => pattern.test(path))?.[1];
      const plan = published.operations[`${model}.${name}`];
      expect(plan?.deprecated).toBe(false);
      expect(requestsPerSecond).toBeLessThanOrEqual(plan?.rate_rps ?? 0);
      expect(burst).toBeLessThanOrEqual(plan?.burst ?? 0);
      if (name !== 'createFeed') expect(requestsPerSecond).toBe(plan?.rate_rps);
    }
  });

  it('every request we send, and every answer of the simulated account, is as the model says', async () => {
    const exchanges = await exchangesOfAWholeDay();
    const operations = exchanges.filter(isOperation);
    expect(new Set(operations.map(({ request }) => request.operation))).toEqual(
      new Set(Object.keys(OPERATIONS)),
    );
    expect(operations.flatMap(({ request }) => requestProblems(request))).toEqual([]);
    expect(operations.flatMap(responseProblems)).toEqual([]);
  });

  it('the token goes to operations only: not into an address, and not to where documents lie', async () => {
    const exchanges = await exchangesOfAWholeDay();
    const others = exchanges.filter((exchange) => !isOperation(exchange)).map(({ request }) => request);
    expect(others.length).toBeGreaterThan(3);
    expect(others.filter(({ headers }) => headers?.['x-amz-access-token'] !== undefined)).toEqual([]);
    expect(exchanges.filter(({ request }) => /Atz[ar]/.test(decodeURIComponent(request.url)))).toEqual([]);
  });

  it('the feed we upload, and the report about it, are as their schemas say', async () => {
    const exchanges = await exchangesOfAWholeDay();
    const uploaded = exchanges.find(({ request }) => request.method === 'PUT')?.request.body ?? '';
    const feed = JSON.parse(uploaded) as { messages: readonly object[] };
    expect(problemsOf(null, readJson('schemas/feeds/listings-feed-schema-v2.json') as object, feed)).toEqual(
      [],
    );
    expect(feed.messages.length).toBeGreaterThan(PATCH_MAX);
    const message = readJson('schemas/feeds/listings-feed-message-schema-v2.json') as object;
    for (const one of feed.messages.slice(0, 20)) expect(problemsOf(null, message, one)).toEqual([]);
    const downloads = exchanges.filter(({ request }) => request.answerAs === 'bytes');
    const report = gunzipSync(Buffer.from(downloads.at(-1)?.response.text ?? '', 'latin1')).toString('utf8');
    const schema = readJson('schemas/feeds/listings-feed-processing-report-schema-v2.json') as object;
    expect(problemsOf(null, schema, JSON.parse(report))).toEqual([]);
  });
});

const SHAPES: Partial<Record<OperationName, ZodType>> = {
  searchOrders: answers.searchOrdersAnswer,
  getOrder: answers.getOrderAnswer,
  searchListingsItems: answers.searchItemsAnswer,
  getListingsItem: answers.itemShape,
  patchListingsItem: answers.submissionAnswer,
  createReport: answers.createReportAnswer,
  getReport: answers.reportShape,
  getReportDocument: answers.documentShape,
  getFeeds: answers.feedsAnswer,
  getDestinations: answers.destinationsAnswer,
  createDestination: answers.createDestinationAnswer,
  getSubscription: answers.subscriptionAnswer,
  createSubscription: answers.subscriptionAnswer,
  createFeedDocument: answers.createFeedDocumentAnswer,
  createFeed: answers.createFeedAnswer,
  getFeed: answers.feedShape,
  getFeedDocument: answers.documentShape,
  getMarketplaceParticipations: answers.participationsAnswer,
};

describeWithSpecs(title('the official examples'), () => {
  it.each(Object.keys(OPERATIONS) as OperationName[])('every sandbox answer of %s is read', (name) => {
    const official = officialOf(name);
    for (const [status, response] of Object.entries(official.responses)) {
      for (const { response: body } of response['x-amzn-api-sandbox']?.static ?? []) {
        const shape = status.startsWith('2') ? SHAPES[name] : answers.errorList;
        // Sellers v1 answers some errors as a bare list; those are read as "no details".
        if (Array.isArray(body)) continue;
        expect(shape?.safeParse(body).error).toBeUndefined();
      }
    }
  });

  it('every sandbox order maps to whole, believable counts', () => {
    const bodies = (['searchOrders', 'getOrder'] as const).flatMap((name) =>
      (officialOf(name).responses['200']?.['x-amzn-api-sandbox']?.static ?? []).map(
        ({ response }) => response,
      ),
    ) as { orders?: unknown[]; order?: unknown }[];
    const orders = bodies.flatMap(({ orders: many, order }) => many ?? [order]);
    expect(orders.length).toBeGreaterThan(5);
    for (const order of orders.map((one) => mapOrder(answers.orderShape.parse(one)))) {
      for (const { counts, ignoredBecause } of order.lines) {
        expect(counts.fulfilled + counts.released).toBeLessThanOrEqual(counts.ordered);
        if (order.state !== 'cancelled')
          expect(ignoredBecause === null || ignoredBecause.length > 5).toBe(true);
      }
    }
  });

  it('every sandbox item maps to a listing', () => {
    const bodies = officialOf('searchListingsItems').responses['200']?.['x-amzn-api-sandbox']?.static ?? [];
    const items = bodies.flatMap(({ response }) => answers.searchItemsAnswer.parse(response).items);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(mapItem(item)).toMatchObject({ remoteId: item.sku, sku: item.sku });
  });

  it('the example of all order states maps to what each means for stock', () => {
    const { body } = readJson('examples/searchOrders.statuses.response.json') as { body: unknown };
    const { orders } = answers.searchOrdersAnswer.parse(body);
    const found = orders.map(mapOrder).map(({ channelState, state, lines }) => {
      const [line] = lines;
      const { ordered, fulfilled, released } = line?.counts ?? { ordered: 0, fulfilled: 0, released: 0 };
      const open = ordered - fulfilled - released;
      return [channelState, state, open, fulfilled, released, line?.ignoredBecause === null];
    });
    expect(found).toEqual([
      ['Pending', 'open', 1, 0, 0, true],
      ['Unshipped', 'open', 2, 0, 0, true],
      ['Partially shipped', 'open', 2, 1, 0, true],
      ['Cancelled', 'cancelled', 0, 0, 1, true],
      ['Shipped', 'open', 0, 1, 0, false],
    ]);
  });

  it('the example report maps to listings, the one kept by Amazon out of reach', () => {
    const { tsv } = readJson('examples/report.GET_MERCHANT_LISTINGS_ALL_DATA.json') as { tsv: string };
    const listings = readReport(tsv.split('\n')).map((row) => mapRow(row, new Date(0)));
    expect(
      listings.map(({ sku, state, tracked, notPushable }) => [sku, state, tracked, notPushable === null]),
    ).toEqual([
      ['MUG-01', 'active', true, true],
      ['TEE-M-RED', 'inactive', true, true],
      ['LAMP-FBA', 'active', false, false],
      ['NEW-INC', 'inactive', true, true],
    ]);
  });

  it('the quantity request and the feed are the ones of the examples, word for word', () => {
    const patch = readJson('examples/patchListingsItem.quantity.json') as {
      request: { body: object };
      responses: Record<string, unknown>;
    };
    expect(patchRequest(6)).toEqual(patch.request.body);
    expect(answers.submissionAnswer.parse(patch.responses['200_invalid']).status).toBe('INVALID');
    const changes = [
      { sku: 'MUG-01', quantity: 6 },
      { sku: 'TEE-M-RED', quantity: 0 },
    ];
    const feed = readJson('examples/feed.JSON_LISTINGS_FEED.quantity.request.json');
    expect(feedOf('AXXXXXXXXXXXX', changes)).toEqual(feed);
    const report = readJson('examples/feed.JSON_LISTINGS_FEED.quantity.processing-report.json');
    expect(readProcessingReport(answers.processingReport.parse(report), changes)).toEqual({
      kind: 'done',
      refused: new Map([['TEE-M-RED', 'Invalid parameters provided.']]),
    });
  });

  it('the official processing report is read message by message', () => {
    const report = readJson('schemas/feeds/listings-feed-processing-report-schema-v2.example.json');
    const outcome = readProcessingReport(answers.processingReport.parse(report), []);
    expect(outcome.kind === 'done' ? [...outcome.refused.keys()] : outcome).toEqual(['My-SKU-B', 'My-SKU-C']);
  });

  it.each([
    ['sample-reports-getReport.json', answers.reportShape],
    ['sample-reports-getReportDocument.json', answers.documentShape],
    ['sample-feeds-createFeed.json', answers.createFeedAnswer],
    ['sample-feeds-createFeedDocument.json', answers.createFeedDocumentAnswer],
    ['sample-feeds-getFeed.json', answers.feedShape],
    ['sample-feeds-getFeedDocument.json', answers.documentShape],
    ['sample-pricing-patchListingsItem.json', answers.submissionAnswer],
  ] as const)('%s of the official samples is read', (name, shape: ZodType) => {
    expect(shape.safeParse(readJson(`examples/${name}`)).error).toBeUndefined();
  });
});
