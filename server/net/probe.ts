// Asks an address once, as somebody outside would: does it answer, whose certificate is it, what time is it there.

import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { TLSSocket } from 'node:tls';

export type Probe =
  | {
      readonly ok: true;
      readonly status: number;
      readonly text: string;
      /** What the Date header says; null without one. */
      readonly atMs: number | null;
      /** Null without TLS. */
      readonly certificateEndsAt: Date | null;
    }
  /** `code`: Node's or OpenSSL's, such as ECONNREFUSED or CERT_HAS_EXPIRED. */
  | { readonly ok: false; readonly code: string; readonly message: string };

export type ProbeOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;
const TEXT_MAX = 10_000;

export function probe(
  address: string,
  { headers = {}, timeoutMs = TIMEOUT_MS }: ProbeOptions = {},
): Promise<Probe> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      resolve({ ok: false, code: error.code ?? 'UNKNOWN', message: error.message });
    const send = address.startsWith('https:') ? requestTls : requestPlain;
    const sent = send(
      address,
      { headers, agent: false, signal: AbortSignal.timeout(timeoutMs) },
      (answer) => {
        const { valid_to: validTo } = (answer.socket as Partial<TLSSocket>).getPeerCertificate?.() ?? {};
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          if (text.length < TEXT_MAX) text += chunk;
        });
        answer.on('error', fail);
        answer.on('end', () => {
          const atMs = Date.parse(answer.headers.date ?? '');
          resolve({
            ok: true,
            status: answer.statusCode ?? 0,
            text,
            atMs: Number.isNaN(atMs) ? null : atMs,
            certificateEndsAt: validTo === undefined ? null : new Date(validTo),
          });
        });
      },
    );
    sent.on('error', fail);
    sent.end();
  });
}
