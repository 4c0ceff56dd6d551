// Lists of the simulated shop: its parameters, its paging, and its strange sense of time.

import type { SimulationAnswer } from '../simulation-server.ts';
import { answer, invalidParameter } from './simulator-answers.ts';
import { SHOP_OFFSET_MS } from './simulator-render.ts';

export type Listed = { readonly id: number; readonly createdAt: number; readonly modifiedAt: number };

const ORDER_BY = ['date', 'id', 'include', 'title', 'slug', 'modified'];
const PER_PAGE_MAX = 100;

export function listOf<Item extends Listed>(
  items: readonly Item[],
  query: URLSearchParams,
  render: (item: Item) => object,
): SimulationAnswer {
  const perPage = wholeNumber(query, 'per_page', 10);
  if (perPage < 1 || perPage > PER_PAGE_MAX) {
    throw invalidParameter('per_page', 'per_page must be between 1 (inclusive) and 100 (inclusive)');
  }
  const orderBy = query.get('orderby') ?? 'date';
  if (!ORDER_BY.includes(orderBy)) {
    throw invalidParameter('orderby', `orderby is not one of ${ORDER_BY.join(', ')}.`);
  }
  const isInTime = timeFilter(query);
  const included = includedIds(query);
  const matching = items.filter((item) => (included?.has(item.id) ?? true) && isInTime(item));
  const sorted = sortBy(matching, orderBy, query.get('order') === 'asc' ? 1 : -1);
  const offset = query.has('offset')
    ? wholeNumber(query, 'offset', 0)
    : (wholeNumber(query, 'page', 1) - 1) * perPage;
  const page = sorted.slice(offset, offset + perPage).map(render);
  return answer(200, trim(page, query), {
    'x-wp-total': String(sorted.length),
    'x-wp-totalpages': String(Math.ceil(sorted.length / perPage)),
  });
}

const wholeNumber = (query: URLSearchParams, name: string, initial: number): number =>
  query.has(name) ? Number.parseInt(query.get(name) ?? '', 10) : initial;

/** Null: all. */
export function includedIds(query: URLSearchParams): ReadonlySet<number> | null {
  const include = query.get('include');
  return include === null || include === '' ? null : new Set(include.split(',').map(Number));
}

function timeFilter(query: URLSearchParams): (item: Listed) => boolean {
  const isGmt = ['true', '1'].includes(query.get('dates_are_gmt') ?? '');
  const bound = (name: string): number | null => {
    const text = query.get(name);
    return text === null ? null : readBound(text, isGmt);
  };
  const [after, before] = [bound('after'), bound('before')];
  const [modifiedAfter, modifiedBefore] = [bound('modified_after'), bound('modified_before')];
  return (item) =>
    (after === null || item.createdAt > after) &&
    (before === null || item.createdAt < before) &&
    (modifiedAfter === null || item.modifiedAt > modifiedAfter) &&
    (modifiedBefore === null || item.modifiedAt < modifiedBefore);
}

/** A bound is taken for local time unless it says otherwise; saying so twice shifts it once too often. */
function readBound(text: string, isGmt: boolean): number {
  const hasZone = text.endsWith('Z');
  const time = Date.parse(hasZone ? text : `${text}Z`);
  if (Number.isNaN(time)) throw invalidParameter('modified_after', 'Invalid date.');
  if (hasZone) return isGmt ? time + SHOP_OFFSET_MS : time;
  return isGmt ? time : time - SHOP_OFFSET_MS;
}

function sortBy<Item extends Listed>(items: readonly Item[], orderBy: string, sign: number): readonly Item[] {
  const value = (item: Item): number =>
    orderBy === 'modified' ? item.modifiedAt : orderBy === 'date' ? item.createdAt : item.id;
  // Things are remembered by their ids: a large shop need not be sorted for every page.
  const isInOrder =
    orderBy === 'id' && sign > 0 && items.every(({ id }, at) => at === 0 || id > (items[at - 1]?.id ?? 0));
  if (isInOrder) return items;
  // Ties come out the other way round than one would hope: nothing may rely on them.
  return [...items].sort((a, b) => sign * (value(a) - value(b)) || b.id - a.id);
}

/** `_fields`, of the top level or one deeper. */
export function trim<Body extends object | readonly object[]>(body: Body, query: URLSearchParams): unknown {
  const fields = query.get('_fields');
  if (fields === null) return body;
  const names = fields.split(',');
  if (Array.isArray(body)) return body.map((item: object) => pick(item, names));
  return pick(body, names);
}

function pick(item: object, names: readonly string[]): object {
  const wanted = new Set(names.map((name) => name.split('.')[0]));
  return Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => wanted.has(name))
      .map(([name, value]) => [name, pickNested(name, value, names)]),
  );
}

function pickNested(name: string, value: unknown, names: readonly string[]): unknown {
  const nested = names.filter((one) => one.startsWith(`${name}.`)).map((one) => one.slice(name.length + 1));
  if (nested.length === 0) return value;
  // A list cannot be trimmed inside: WordPress answers it empty, although everything was done.
  if (Array.isArray(value)) return [];
  return typeof value === 'object' && value !== null ? pick(value, nested) : value;
}
