// The simulated store's answers: V3 wraps its data and pages it, V2 does not.

import type { SimulationAnswer } from '../simulation-server.ts';

export const answer = (status: number, body: unknown): SimulationAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What V2 says where a list would be empty. */
export const noContent = (): SimulationAnswer => ({ status: 204, body: '' });

const TYPE = 'https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes';

/** A refusal that ends the request from wherever it was found. */
export class Refusal extends Error {
  readonly answer: SimulationAnswer;

  constructor(answer: SimulationAnswer) {
    super('refused');
    this.answer = answer;
  }
}

export const refuse = (status: number, title: string, errors: object = {}): Refusal =>
  new Refusal({
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ status, title, type: TYPE, errors }),
  });

/** V2 lists its problems. */
export const refuseV2 = (status: number, message: string): Refusal =>
  new Refusal(answer(status, [{ status, message }]));

export const wholeNumber = (query: URLSearchParams, name: string, initial: number): number => {
  const text = query.get(name);
  return text === null || !/^\d+$/.test(text) ? initial : Number(text);
};

export const idsIn = (query: URLSearchParams, name: string): ReadonlySet<number> | null => {
  const text = query.get(name);
  return text === null ? null : new Set(text.split(',').map(Number));
};

/** One page of a V3 list; pages longer than the limit allows are cut to it without a word. */
export function pageOf<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  render: (item: Item) => object,
  limits: { readonly initial: number; readonly max: number } = { initial: 50, max: 250 },
): SimulationAnswer {
  const limit = Math.min(wholeNumber(query, 'limit', limits.initial), limits.max);
  const page = Math.max(1, wholeNumber(query, 'page', 1));
  const data = items.slice((page - 1) * limit, page * limit).map(render);
  const pagination = {
    total: items.length,
    count: data.length,
    per_page: limit,
    current_page: page,
    total_pages: Math.ceil(items.length / limit),
    links: { current: `?page=${page}&limit=${limit}` },
  };
  return answer(200, { data, meta: { pagination } });
}

/** `include_fields`: the id and what was asked for. */
export function pick(item: object, query: URLSearchParams): object {
  const fields = query.get('include_fields');
  if (fields === null) return item;
  const wanted = new Set(['id', ...fields.split(',')]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name)));
}
