// Links that a browser can open without a key: each names one export, and works for some minutes.

import { createHash, randomBytes } from 'node:crypto';
import type { ExportKind } from '../../shared/api/csv.ts';
import type { Database } from '../database/database.ts';

const LINK_LIFE_MS = 15 * 60_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export async function createExportLink(
  db: Database,
  kind: ExportKind,
  now: Date,
): Promise<{ readonly path: string; readonly expiresAt: string }> {
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(now.getTime() + LINK_LIFE_MS);
  await db.deleteFrom('export_links').where('expires_at', '<', now).execute();
  await db
    .insertInto('export_links')
    .values({ token_hash: hashOf(token), kind, expires_at: expiresAt })
    .execute();
  return { path: `/exports/${token}`, expiresAt: expiresAt.toISOString() };
}

/** Null: there is no such link, or it is too old. */
export async function readExportLink(db: Database, token: string, now: Date): Promise<ExportKind | null> {
  const link = await db
    .selectFrom('export_links')
    .select('kind')
    .where('token_hash', '=', hashOf(token))
    .where('expires_at', '>=', now)
    .executeTakeFirst();
  return link?.kind ?? null;
}
