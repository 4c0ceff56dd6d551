// Connects the sheet to its server: reads what the person typed, and tries it before it is kept.

import { listStoresAnswer } from '../shared/api/stores.ts';
import { type Connection, callServer } from './client.ts';
import type { HttpPort } from './ports.ts';

export const STORES_PATH = '/api/stores';

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

/** A sentence for the person; `ok` says whether the connection may be kept. */
export function tryConnection(http: HttpPort, connection: Connection): { ok: boolean; message: string } {
  const result = callServer(http, connection, { method: 'get', path: STORES_PATH, answer: listStoresAnswer });
  if (!result.ok) return { ok: false, message: result.message };
  const count = result.value.stores.length;
  const stores =
    count === 0
      ? 'No store is connected yet.'
      : `${count} ${count === 1 ? 'store is' : 'stores are'} connected.`;
  return { ok: true, message: `This sheet is connected to ${connection.address}. ${stores}` };
}
