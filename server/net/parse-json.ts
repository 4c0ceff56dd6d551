// Text from outside that may or may not be JSON: undefined when it is none.

import type { ChannelResponse } from './channel-http.ts';

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.trim()); // trim also removes the byte order mark that broken themes put in front
  } catch {
    return undefined;
  }
}

const parsed = new WeakMap<ChannelResponse, { readonly json: unknown }>();

/** An answer may be large, and is looked at once to judge it and once to read it: it is parsed once. */
export function parseJsonOf(response: ChannelResponse): unknown {
  const known = parsed.get(response) ?? { json: parseJson(response.text) };
  parsed.set(response, known);
  return known.json;
}
