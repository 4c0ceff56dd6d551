// The `fields` parameter: which parts of an answer the caller wants, such as "sheets(properties.title,protectedRanges)".

import { ApiError } from './api-error.ts';

type Mask = Map<string, Mask>;

/** @throws ApiError for a mask that is not one. */
export function applyFieldMask(answer: unknown, fields: string | undefined): unknown {
  if (fields === undefined || fields === '' || fields === '*') return answer;
  const mask: Mask = new Map();
  const rest = parseInto(mask, fields.replaceAll(' ', ''));
  if (rest !== '')
    throw new ApiError(400, `Request contains an invalid argument. Invalid field mask: ${fields}`);
  return pick(answer, mask);
}

function parseInto(mask: Mask, text: string): string {
  let rest = text;
  for (;;) {
    const path = /^[A-Za-z]+([./][A-Za-z]+)*/.exec(rest)?.[0];
    if (path === undefined) return rest || '?';
    let node = mask;
    for (const name of path.split(/[./]/)) {
      const next = node.get(name) ?? new Map();
      node.set(name, next);
      node = next;
    }
    rest = rest.slice(path.length);
    if (rest.startsWith('(')) {
      rest = parseInto(node, rest.slice(1));
      if (!rest.startsWith(')')) return rest || '?';
      rest = rest.slice(1);
    }
    if (!rest.startsWith(',')) return rest;
    rest = rest.slice(1);
  }
}

function pick(value: unknown, mask: Mask): unknown {
  if (mask.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, mask));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => mask.has(key))
      .map(([key, child]) => [key, pick(child, mask.get(key) ?? new Map())]),
  );
}
