// Who sent this request: a known key signed exactly these bytes, a moment ago, and they were not sent before.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import {
  IDENTITY_HEADER,
  SIGNATURE_HEADERS,
  SIGNATURE_WINDOW_MS,
  signedText,
} from '../../shared/api/signing.ts';
import type { PersonRole } from '../../shared/model/person.ts';
import type { Database } from '../database/database.ts';
import { verifyHmac } from '../net/signatures.ts';
import { type KeyKind, type KeyVault, type KnownKey, readKey } from './api-keys.ts';
import { identify } from './identify.ts';
import type { IdentityVerifier } from './identity.ts';
import { roleOf } from './people.ts';
import { HttpProblem } from './problem.ts';

/** A timestamp may lie ahead as far as behind, so a request can come back for twice the window. */
const NONCE_KEPT_MS = 2 * SIGNATURE_WINDOW_MS + 60_000;
/** That a key is in use is noted at most this often. */
const USED_STEP_MS = 60_000;

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
  /** Google's, and the local workbook's when there is one. */
  readonly identities: readonly IdentityVerifier[];
};

export type Signer = {
  readonly keyId: string;
  readonly keyKind: KeyKind;
  /** The verified e-mail address of the person, or the label of the program. */
  readonly actor: string;
  readonly name: string;
  readonly role: PersonRole;
};

/** On whose behalf a request is made. */
export type Caller = Signer & { readonly requestId: string };

/** @throws HttpProblem 401 with a code of its own for each reason. */
export async function authenticate(parts: AuthenticationParts, request: SignedRequest): Promise<Signer> {
  const { keyId, timestamp, nonce, signature } = readHeaders(request);
  const now = parts.now();
  refuseOtherTimes(timestamp, now);
  const key = await readKey(parts.db, parts.vault, keyId);
  if (key === null) {
    const message =
      'The server does not know the key of this sheet. Connect the sheet again with a new code.';
    throw new HttpProblem(401, 'unknown_key', message);
  }
  const { method, pathAndQuery } = request;
  const bodySha256 = createHash('sha256').update(request.rawBody).digest('hex');
  const isSigned = verifyHmac({
    algorithm: 'sha256',
    encoding: 'hex',
    secrets: [key.secret],
    signedBytes: signedText({ method, pathAndQuery, timestamp, nonce, bodySha256 }),
    signature,
  });
  if (!isSigned) {
    const message = 'The signature of this request is wrong. Connect the sheet again with a new code.';
    throw new HttpProblem(401, 'wrong_signature', message);
  }
  // Only now: nobody without a key can fill the table or use up somebody else's nonce.
  await refuseReplay(parts.db, keyId, nonce, now);
  await noteUse(parts.db, keyId, now);
  const { actor, name, role } = await personBehind(parts, key, request, now);
  return { keyId, keyKind: key.kind, actor, name, role };
}

/** A sheet says with every call who is at the keyboard; a program acts under its own name. */
async function personBehind(
  parts: AuthenticationParts,
  key: KnownKey,
  request: SignedRequest,
  now: Date,
): Promise<Pick<Signer, 'actor' | 'name' | 'role'>> {
  if (key.kind === 'formulas') return { actor: 'formulas', name: '', role: 'viewer' };
  if (key.kind === 'program') return { actor: key.label, name: key.label, role: 'owner' };
  const token = readToken(request.headers[IDENTITY_HEADER]);
  if (token === '') {
    const message =
      'Google did not say who you are. Reload the sheet and allow Stocksheet to see your e-mail address.';
    throw new HttpProblem(401, 'identity_missing', message);
  }
  const person = await identify(parts.identities, token, key.audience ?? '');
  return { actor: person.email, name: person.name, role: await roleOf(parts.db, person, now) };
}

const readToken = (header: string | readonly string[] | undefined): string =>
  /^bearer (\S+)$/i.exec(typeof header === 'string' ? header : '')?.[1] ?? '';

async function noteUse(db: Database, keyId: string, now: Date): Promise<void> {
  const before = new Date(now.getTime() - USED_STEP_MS);
  await db
    .updateTable('api_keys')
    .set({ last_used_at: now })
    .where('id', '=', keyId)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', before)]))
    .execute();
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
