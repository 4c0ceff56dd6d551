// Search terms and pages of the simulated shop's lists, as far as this product uses them; anything else is refused.

import { GraphQLError } from 'graphql';
import { PAGE_MAX, PAGED_LIST_MAX } from './manifest.ts';

export type SearchTerm = {
  readonly field: string;
  readonly comparison: '=' | '>' | '>=' | '<' | '<=';
  /** The value as words, and as the number it is: an id, or a time in milliseconds. */
  readonly words: readonly string[];
  readonly number: bigint | null;
  readonly not: boolean;
};

const TERM = /(-?)([a-z_]+):(>=|<=|>|<)?('[^']*'|\S+)\s*/gy;

export function parseSearch(query: string | null | undefined): readonly SearchTerm[] {
  const text = (query ?? '').trim();
  const terms: SearchTerm[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const at = TERM.lastIndex;
    const match = TERM.exec(text);
    if (match === null) throw new GraphQLError(`The simulated shop does not understand "${text.slice(at)}".`);
    const [, not, field = '', comparison = '=', value = ''] = match;
    terms.push({
      field,
      comparison: comparison as SearchTerm['comparison'],
      ...readValue(value.replace(/^'|'$/g, '')),
      not: not === '-',
    });
  }
  return terms;
}

function readValue(text: string): Pick<SearchTerm, 'words' | 'number'> {
  const words = text.split(',');
  if (/^\d+$/.test(text)) return { words, number: BigInt(text) };
  const time = Date.parse(text);
  return { words, number: Number.isNaN(time) ? null : BigInt(time) };
}

/** `valuesOf` gives what a field is compared by: a bigint, a Date, or the words that match it. */
export function matches(
  terms: readonly SearchTerm[],
  valuesOf: (field: string) => bigint | Date | readonly string[],
): boolean {
  return terms.every((term) => matchesOne(term, valuesOf(term.field)) !== term.not);
}

function matchesOne(term: SearchTerm, value: bigint | Date | readonly string[]): boolean {
  if (typeof value !== 'bigint' && !(value instanceof Date))
    return term.words.some((word) => value.includes(word));
  const left = value instanceof Date ? BigInt(value.getTime()) : value;
  const right = term.number;
  if (right === null) throw new GraphQLError(`"${term.words}" cannot be compared with ${term.field}.`);
  switch (term.comparison) {
    case '=':
      return left === right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
  }
}

export type PageArguments = { readonly first?: number | null; readonly after?: string | null };
/** Where an element stands in its list: by value first, then by id. */
export type Place = { readonly value: string; readonly id: string };

const toCursor = (place: Place): string =>
  Buffer.from(JSON.stringify({ last_id: place.id, last_value: place.value })).toString('base64');

function fromCursor(cursor: string): Place {
  try {
    const parsed = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8')) as Record<string, unknown>;
    return { id: String(BigInt(String(parsed['last_id']))), value: String(parsed['last_value']) };
  } catch {
    throw new GraphQLError('Invalid cursor for current pagination sort.', {
      extensions: { code: 'BAD_REQUEST' },
    });
  }
}

export const comparePlaces = (a: Place, b: Place): number => {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  const [left, right] = [BigInt(a.id), BigInt(b.id)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/**
 * One page of a list that is already in its order. The cursor holds the place of the last element, not a number of
 * elements, so a list that changes meanwhile goes on at the right place.
 */
export function pageOf<Element, Node>(
  elements: readonly Element[],
  { first, after }: PageArguments,
  placeOf: (element: Element) => Place,
  toNode: (element: Element) => Node,
) {
  if (first === null || first === undefined) {
    throw new GraphQLError('you must provide one of first or last', { extensions: { code: 'BAD_REQUEST' } });
  }
  if (first < 1 || first > PAGE_MAX) {
    throw new GraphQLError(`first must be between 1 and ${PAGE_MAX}`, {
      extensions: { code: 'BAD_REQUEST' },
    });
  }
  const start = after ? startAfter(elements, fromCursor(after), placeOf) : 0;
  const slice = elements.slice(start, Math.min(start + first, PAGED_LIST_MAX));
  const [begin, end] = [slice[0], slice.at(-1)];
  return {
    nodes: slice.map(toNode),
    pageInfo: {
      hasNextPage: start + slice.length < elements.length && slice.length === first,
      hasPreviousPage: start > 0,
      startCursor: begin === undefined ? null : toCursor(placeOf(begin)),
      endCursor: end === undefined ? null : toCursor(placeOf(end)),
    },
  };
}

function startAfter<Element>(
  elements: readonly Element[],
  place: Place,
  placeOf: (element: Element) => Place,
): number {
  const index = elements.findIndex((element) => comparePlaces(placeOf(element), place) > 0);
  return index < 0 ? elements.length : index;
}
