// Who sent this request: a known key signed exactly these bytes, a moment ago, and they were not sent before.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import {
  ACTOR_HEADER,
  SIGNATURE_HEADERS,
  SIGNATURE_WINDOW_MS,
  signedText,
} from '../../shared/api/signing.ts';
import type { Database } from '../database/database.ts';
import { verifyHmac } from '../net/signatures.ts';
import { type KeyVault, readKeySecret } from './api-keys.ts';
import { HttpProblem } from './problem.ts';

/** A timestamp may lie ahead as far as behind, so a request can come back for twice the window. */
const NONCE_KEPT_MS = 2 * SIGNATURE_WINDOW_MS + 60_000;
const ACTOR_LENGTH_MAX = 100;
const NOBODY = 'sheet';
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming control characters is the point of this expression.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060\ufeff]/g;

export type SignedRequest = {
  readonly method: string;
  readonly pathAndQuery: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: Buffer;
};

export type AuthenticationParts = {
  readonly db: Database;
  readonly vault: KeyVault;
  readonly now: () => Date;
};

export type Signer = { readonly keyId: string; readonly actor: string };

/** @throws HttpProblem 401 with a code of its own for each reason. */
export async function authenticate(parts: AuthenticationParts, request: SignedRequest): Promise<Signer> {
  const { keyId, timestamp, nonce, signature } = readHeaders(request);
  const now = parts.now();
  refuseOtherTimes(timestamp, now);
  const secret = await readKeySecret(parts.db, parts.vault, keyId);
  if (secret === null) {
    const message = 'The server does not know the key of this sheet. Connect again with a new key.';
    throw new HttpProblem(401, 'unknown_key', message);
  }
  const { method, pathAndQuery } = request;
  const bodySha256 = createHash('sha256').update(request.rawBody).digest('hex');
  const isSigned = verifyHmac({
    algorithm: 'sha256',
    encoding: 'hex',
    secrets: [secret],
    signedBytes: signedText({ method, pathAndQuery, timestamp, nonce, bodySha256 }),
    signature,
  });
  if (!isSigned) {
    const message =
      'The signature of this request is wrong. Copy the key and its secret into the sheet again.';
    throw new HttpProblem(401, 'wrong_signature', message);
  }
  // Only now: nobody without a key can fill the table or use up somebody else's nonce.
  await refuseReplay(parts.db, keyId, nonce, now);
  return { keyId, actor: readActor(request.headers[ACTOR_HEADER]) };
}

type SignatureParts = Record<keyof typeof SIGNATURE_HEADERS, string>;

const SHAPES: Readonly<Record<keyof SignatureParts, RegExp>> = {
  keyId: /^[\w-]{1,64}$/,
  timestamp: /^\d{1,15}$/,
  nonce: /^[\w-]{8,128}$/,
  signature: /^[\da-f]{64}$/i,
};

function readHeaders(request: SignedRequest): SignatureParts {
  const read = (part: keyof SignatureParts): string => {
    const name = SIGNATURE_HEADERS[part];
    const value = request.headers[name];
    if (value === undefined || value === '') {
      const message = `The request is not signed: the header ${name} is missing. Connect the sheet to the server.`;
      throw new HttpProblem(401, 'missing_header', message);
    }
    if (typeof value !== 'string' || !SHAPES[part].test(value)) {
      const message = `The request is not signed correctly: the header ${name} cannot be read. Update the add-on.`;
      throw new HttpProblem(401, 'malformed_header', message);
    }
    return value;
  };
  return {
    keyId: read('keyId'),
    timestamp: read('timestamp'),
    nonce: read('nonce'),
    signature: read('signature'),
  };
}

function refuseOtherTimes(timestamp: string, now: Date): void {
  const apartMs = Math.abs(now.getTime() - Number(timestamp));
  if (apartMs <= SIGNATURE_WINDOW_MS) return;
  const message =
    `The request is signed for another time: the clocks of sender and server must agree within ` +
    `${SIGNATURE_WINDOW_MS / 60_000} minutes. Check the clock, then submit again.`;
  throw new HttpProblem(401, 'expired_timestamp', message);
}

async function refuseReplay(db: Database, keyId: string, nonce: string, now: Date): Promise<void> {
  const forgotten = new Date(now.getTime() - NONCE_KEPT_MS);
  const { rows } = await sql`
    with forgotten as (delete from nonces where at < ${forgotten}::timestamptz)
    insert into nonces (key_id, nonce, at) values (${keyId}, ${nonce}, ${now}::timestamptz)
    on conflict do nothing returning nonce`.execute(db);
  if (rows.length > 0) return;
  const message = 'This very request was received before, so it was not carried out again. Submit anew.';
  throw new HttpProblem(401, 'replayed_nonce', message);
}

/** Header bytes arrive one character each; names beyond ASCII are sent as UTF-8. */
export function readActor(header: string | readonly string[] | undefined): string {
  const text = Buffer.from(typeof header === 'string' ? header : '', 'latin1').toString('utf8');
  const name = [...text.replace(INVISIBLE, '').trim()].slice(0, ACTOR_LENGTH_MAX).join('').trim();
  return `${name === '' ? NOBODY : name} (unverified)`;
}
