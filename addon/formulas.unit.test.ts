// A formula over many SKUs: in few requests, kept for a while, and never so long that Google ends it without a word.

import { expect, test } from '@jest/globals';
import { STOCK_SKUS_MAX, type StockRequest } from '../shared/api/stock.ts';
import { createMemoryHttp, jsonAnswer } from '../test/support/memory-sheet.ts';
import { evaluate, type FormulaServices } from './formulas.ts';

const SKUS = Array.from({ length: 2 * STOCK_SKUS_MAX + 1 }, (_, index) => [`SKU-${index}`]);

/** A server that takes so long for each answer, by the script's own clock. */
function slowServer(answerMs: number) {
  let nowMs = 0;
  const kept = new Map<string, string>();
  const { port, requests } = createMemoryHttp((request) => {
    nowMs += answerMs;
    const { skus } = JSON.parse(request.body) as StockRequest;
    const row = { inStock: 5, available: 4, booked: 1, incoming: 0 };
    return jsonAnswer(200, { rows: skus.map((sku) => ({ sku, ...row })) });
  });
  const services: FormulaServices = {
    http: { ...port, nowMs: () => nowMs },
    cache: {
      getAll: (keys) =>
        Object.fromEntries(keys.flatMap((key) => (kept.has(key) ? [[key, kept.get(key) ?? '']] : []))),
      putAll: (values) => {
        for (const [key, value] of Object.entries(values)) kept.set(key, value);
      },
    },
    connection: {
      address: 'https://server',
      keyId: 'k',
      secret: 's',
      formulasKey: { keyId: 'f', secret: 's' },
    },
  };
  return { services, requests };
}

test('as many SKUs as there are go in as few requests as the server takes', () => {
  const { services, requests } = slowServer(1_000);
  const answers = evaluate(services, { formula: 'available', given: SKUS }) as number[][];
  expect(answers).toHaveLength(SKUS.length);
  expect(answers.at(-1)).toEqual([4]);
  expect(requests).toHaveLength(3);
});

test('from a slow server: it stops in time and says what to do; what was read is kept, so the next try goes on', () => {
  const { services, requests } = slowServer(10_000);
  expect(() => evaluate(services, { formula: 'available', given: SKUS })).toThrow(
    'That took too long for one formula. Give it fewer SKUs, such as half of the range.',
  );
  expect(requests).toHaveLength(2);
  expect(evaluate(services, { formula: 'available', given: SKUS })).toHaveLength(SKUS.length);
  expect(requests).toHaveLength(3);
});
