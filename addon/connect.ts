// Connects the sheet to its server: reads the address that the person typed, and exchanges the one-time code for a key.

import type * as z from 'zod/mini';
import { pairAnswer } from '../shared/api/people.ts';
import { type CallResult, type Connection, callUnsigned } from './client.ts';
import type { HttpPort } from './ports.ts';

export type AddressReading =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly problem: string };

/** Takes what people paste (with or without a slash or a path behind) and keeps scheme, host and port. */
export function readServerAddress(typed: string): AddressReading {
  const match = /^(https?:\/\/[^\s/?#@]+)(\/[^\s]*)?$/i.exec(typed.trim());
  const address = match?.[1];
  if (address === undefined) {
    return {
      ok: false,
      problem: 'The server address begins with https://, such as https://stock.example.com.',
    };
  }
  if (/^http:/i.test(address) && !/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(address)) {
    return {
      ok: false,
      problem: 'The server address must begin with https://, so that nobody can listen in.',
    };
  }
  return { ok: true, address: address.toLowerCase() };
}

type Pairing = { readonly connection: Connection; readonly message: string };

export function pairSheet(
  http: HttpPort,
  given: { readonly address: string; readonly code: string; readonly spreadsheetId: string },
): CallResult<Pairing> {
  const reading = readServerAddress(given.address);
  if (!reading.ok) return { ok: false, message: reading.problem, maybeDone: false, needsPerson: true };
  const { address } = reading;
  const identityToken = http.identityToken();
  if (identityToken === '') {
    const message =
      'Google did not say who you are. Reload the sheet and allow Stocksheet to see your e-mail address.';
    return { ok: false, message, maybeDone: false, needsPerson: true };
  }
  const body = { code: given.code.trim(), spreadsheetId: given.spreadsheetId, identityToken };
  const result = callUnsigned(http, address, { method: 'post', path: '/api/pair', body, answer: pairAnswer });
  if (!result.ok) return result;
  const { key, formulasKey, email, role }: z.output<typeof pairAnswer> = result.value;
  return {
    ok: true,
    value: {
      connection: { address, ...key, formulasKey },
      message: `This sheet is connected. You are signed in as ${email} (${role}).`,
    },
  };
}
