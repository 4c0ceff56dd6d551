// Pairing: a one-time code from the server's terminal turns a sheet into one that may call, and learns whose it is.

import { createHash, randomInt } from 'node:crypto';
import type { PairAnswer, PairRequest } from '../../shared/api/people.ts';
import type { PersonRole } from '../../shared/model/person.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import { createApiKey, type KeyVault } from './api-keys.ts';
import { identify } from './identify.ts';
import { type Identity, type IdentityVerifier, readClaims } from './identity.ts';
import { addPerson } from './people.ts';
import { HttpProblem } from './problem.ts';

export const PAIRING_CODE_LIFETIME_MS = 10 * 60_000;

/** Nothing that looks like something else when it is read out. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const CODE_LENGTH = 8;

export type PairingParts = {
  readonly db: Database;
  readonly vault: KeyVault;
  readonly now: () => Date;
  readonly identities: readonly IdentityVerifier[];
  /** The spreadsheet that this server writes to; null: it writes to the local workbook. */
  readonly spreadsheetId: string | null;
};

/** A code for one sheet, good for ten minutes. `role`: what its person becomes, whoever was here before. */
export async function createPairingCode(db: Database, now: Date, role: PersonRole | null): Promise<string> {
  const letters = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
  const code = `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
  const expiresAt = new Date(now.getTime() + PAIRING_CODE_LIFETIME_MS);
  await db.deleteFrom('pairing_codes').where('expires_at', '<', now).execute();
  await db
    .insertInto('pairing_codes')
    .values({ code_hash: hashOf(code), role, expires_at: expiresAt, used_at: null })
    .execute();
  return code;
}

/** @throws HttpProblem */
export async function pairSheet(parts: PairingParts, request: PairRequest): Promise<PairAnswer> {
  const { spreadsheetId, identityToken } = request;
  if (parts.spreadsheetId !== null && parts.spreadsheetId !== spreadsheetId) {
    const message =
      'This server writes to another spreadsheet. Open that one, or set SPREADSHEET_ID to this sheet and start the server again.';
    throw new HttpProblem(409, 'other_spreadsheet', message);
  }
  // The script's client id is not known before: the code vouches for it, and Google's signature for the rest.
  const audience = readClaims(identityToken)?.audience ?? '';
  const person = await identify(parts.identities, identityToken, audience);
  const now = parts.now();
  return inTransaction(parts.db, async (transaction) => {
    const code = await takeCode(transaction, request.code, now);
    const role = await settleRole(transaction, person, code.role, now);
    const origin = { spreadsheetId, audience, madeBy: person.email };
    const database = transaction as unknown as Database;
    const label = `Sheet of ${person.email}`;
    return {
      key: await createApiKey(database, parts.vault, label, 'sheet', origin),
      formulasKey: await createApiKey(database, parts.vault, `${label}, formulas`, 'formulas', origin),
      email: person.email,
      role,
    };
  });
}

async function takeCode(transaction: Tx, typed: string, now: Date): Promise<{ role: PersonRole | null }> {
  const code = await transaction
    .updateTable('pairing_codes')
    .set({ used_at: now })
    .where('code_hash', '=', hashOf(typed))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('role')
    .executeTakeFirst();
  if (code !== undefined) return code;
  const message =
    'This code is not right, was used already, or is older than ten minutes. Run "npm run pair" on the server for a new one.';
  throw new HttpProblem(403, 'wrong_code', message);
}

/** The first person is the owner. A code that names a role gives it, so that a workspace whose owner left is not lost. */
async function settleRole(
  transaction: Tx,
  person: Identity,
  role: PersonRole | null,
  now: Date,
): Promise<PersonRole> {
  const workspace = await transaction
    .selectFrom('workspace')
    .select('joins_as')
    .forUpdate()
    .executeTakeFirstOrThrow();
  const owner = await transaction
    .selectFrom('people')
    .select('email')
    .where('role', '=', 'owner')
    .where('removed_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  const given = role ?? (owner === undefined ? 'owner' : null);
  const later = workspace.joins_as === 'nobody' ? 'viewer' : workspace.joins_as;
  const stored = await addPerson(transaction, person, given ?? later, now);
  const settled = given ?? stored;
  await transaction
    .updateTable('people')
    .set({ role: settled, removed_at: null })
    .where('email', '=', person.email)
    .execute();
  return settled;
}

const hashOf = (code: string): string =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ''))
    .digest('hex');
