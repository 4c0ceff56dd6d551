// The daily summary: once a day in Activity and by e-mail, however many processes run it, through a real mail server.

import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { settingsOf } from '../../test/support/settings.ts';
import { openShop } from '../../test/support/shop.ts';
import { createMailer } from '../net/mail.ts';
import { dailySummary } from './daily-summary.ts';

const DAY_MS = 24 * 60 * 60_000;
const MORNING = new Date('2026-03-02T07:10:00Z');

let database: TestDatabase;
let server: SMTPServer;
const received: string[] = [];
let refusing = false;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const at = await openShop(db, { at50: ['SHIRT', 'HAT'] });
  const level = { warehouse: at.warehouseIds[0] ?? '', alertAt: 60 };
  await settingsOf(db, at, at.storeId).submit('stock-levels', [
    { ...level, sku: at.sku('SHIRT') },
    { ...level, sku: at.sku('HAT') },
  ]);
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (refusing) return done(new Error('the mailbox is full'));
        received.push(Buffer.concat(parts).toString('utf8'));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await database.drop();
});
beforeEach(async () => {
  await sql`delete from activity`.execute(database.db);
  await sql`delete from daily_summaries`.execute(database.db);
  received.length = 0;
  refusing = false;
});

function run(now: Date, holder: string, withMail = true): Promise<void> {
  const { port } = server.server.address() as AddressInfo;
  const settings = { smtpUrl: `smtp://127.0.0.1:${port}`, to: 'team@example.com', from: 'stock@example.com' };
  return dailySummary({ db: database.db, now, holder, sendMail: withMail ? createMailer(settings) : null });
}

const activity = async () =>
  database.db.selectFrom('activity').select(['level', 'message', 'resolved_at']).orderBy('id').execute();

test('two processes that run it at once, and again all day, tell it once and mail it once', async () => {
  await Promise.all(['one', 'two'].map((holder) => run(MORNING, holder)));
  for (const minutes of [15, 30, 600]) await run(new Date(MORNING.getTime() + minutes * 60_000), 'one');
  expect(received).toHaveLength(1);
  const [mail = ''] = received;
  expect(mail).toContain('To: team@example.com');
  expect(mail).toContain('Subject: Low stock: 2 rows');
  expect(mail).toContain('Message-ID: <low-stock-2026-03-02@stocksheet>');
  expect(mail.replaceAll('=\r\n', '')).toMatch(
    /HAT-\d+ in .*: 50 available \(alert at 60\), no sales lately; order 11\./,
  );
  expect((await activity()).map(({ message }) => message)).toEqual([expect.stringContaining('Low stock: ')]);
  await run(new Date(MORNING.getTime() + DAY_MS), 'two');
  expect(received).toHaveLength(2);
});

test('without a mail server it is told in Activity only; before seven in the morning not at all', async () => {
  await run(new Date('2026-03-02T06:59:00Z'), 'one', false);
  expect(await activity()).toEqual([]);
  await run(MORNING, 'one', false);
  expect(await activity()).toHaveLength(1);
  expect(received).toEqual([]);
});

test('the morning is that of the sheet’s clock, and so is the day', async () => {
  const setZone = (zone: string) => database.db.updateTable('workspace').set({ time_zone: zone }).execute();
  await setZone('America/Los_Angeles');
  await run(new Date('2026-03-02T14:59:00Z'), 'one', false);
  expect(await activity()).toEqual([]);
  await run(new Date('2026-03-02T15:10:00Z'), 'one', false);
  await run(new Date('2026-03-03T06:10:00Z'), 'one', false);
  expect(await activity()).toHaveLength(1);
  await setZone('Etc/UTC');
});

test('a mail that is refused is told to the people, tried again, and then the trouble is over', async () => {
  refusing = true;
  await run(MORNING, 'one');
  expect(received).toEqual([]);
  expect((await activity()).find(({ level }) => level === 'warning')?.message).toContain(
    'could not be mailed',
  );
  refusing = false;
  await run(new Date(MORNING.getTime() + 15 * 60_000), 'two');
  expect(received).toHaveLength(1);
  expect((await activity()).find(({ level }) => level === 'warning')?.resolved_at).not.toBeNull();
});
