// Once a day: what is low, in the Activity tab, and by e-mail when that is set up. Once, however many processes there are.

import { sql } from 'kysely';
import { toLocalTime } from '../../shared/model/time-zone.ts';
import { recordActivity, resolveTroubles } from '../activity/activity.ts';
import { type Database, inTransaction } from '../database/database.ts';
import { readTimeZone } from '../database/time-zone.ts';
import { lowStockSentence, readLowStock } from '../documents/low-stock.ts';
import { withLease } from './lease.ts';

export type Mail = { readonly subject: string; readonly text: string; readonly messageId: string };

export type SummaryParts = {
  readonly db: Database;
  readonly now: Date;
  /** Names this process in leases. */
  readonly holder: string;
  /** Null: e-mail is not set up. @throws when it could not be sent. */
  readonly sendMail: ((mail: Mail) => Promise<void>) | null;
};

/** By the sheet's clock: early enough for a working day, late enough for the night's orders. */
const SUMMARY_FROM = '07:00';
const LEASE_MS = 60_000;
const SENTENCES_IN_ACTIVITY_MAX = 20;
const MAIL_TROUBLE = 'daily summary by e-mail';

/** The job; it may run as often as it likes. */
export async function dailySummary(parts: SummaryParts): Promise<void> {
  const { db, holder } = parts;
  const [day = '', time = ''] = toLocalTime(parts.now, await readTimeZone(db)).split(' ');
  if (time < SUMMARY_FROM) return;
  await withLease(db, { name: 'daily-summary', holder, ttlMs: LEASE_MS }, async (lease) => {
    const unsent = await summarise(db, day, parts.now);
    if (unsent === null || parts.sendMail === null) return;
    lease.assertHeld();
    await send(parts, day, unsent);
  });
}

// Returns what is still to be mailed today; null: nothing is.
async function summarise(db: Database, day: string, at: Date): Promise<string | null> {
  return inTransaction(db, async (tx) => {
    const { rows: known } = await sql<{ message: string; mailed: boolean }>`
      select message, mailed_at is not null as mailed from daily_summaries where day = ${day}::date`.execute(
      tx,
    );
    const [today] = known;
    if (today !== undefined) return today.mailed || today.message === '' ? null : today.message;
    const sentences = (await readLowStock(tx, at)).map(lowStockSentence);
    const message = sentences.join('\n');
    await sql`insert into daily_summaries (day, message) values (${day}::date, ${message})`.execute(tx);
    if (sentences.length === 0) return null;
    await recordActivity(tx, { at, level: 'info', message: shorten(sentences) });
    return message;
  });
}

function shorten(sentences: readonly string[]): string {
  const more = sentences.length - SENTENCES_IN_ACTIVITY_MAX;
  const shown = sentences.slice(0, SENTENCES_IN_ACTIVITY_MAX).join(' ');
  return `Low stock: ${shown}${more > 0 ? ` And ${more} more: see Low stock.` : ''}`;
}

async function send({ db, now, sendMail }: SummaryParts, day: string, message: string): Promise<void> {
  const lines = message.split('\n');
  const subject = lines.length === 1 ? 'Low stock: 1 row' : `Low stock: ${lines.length} rows`;
  try {
    // One id a day: should the answer of the mail server be lost, its users see one message.
    await sendMail?.({ subject, text: `${message}\n`, messageId: `low-stock-${day}@stocksheet` });
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : 'no reason given';
    await recordActivity(db, {
      at: now,
      level: 'warning',
      trouble: MAIL_TROUBLE,
      message: `The daily summary could not be mailed: ${why}. It is tried again; check SMTP_URL and MAIL_TO.`,
    });
    return;
  }
  await sql`update daily_summaries set mailed_at = ${now} where day = ${day}::date`.execute(db);
  await resolveTroubles(db, [MAIL_TROUBLE], now);
}
