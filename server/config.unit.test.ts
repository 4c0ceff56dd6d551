// The environment: sensible without any setting, and every mistake told at once with what to do.

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.ts';
import { keepMasterKey } from './master-key.ts';

test('nothing has to be set', () => {
  expect(readConfig({ UNRELATED: 'x', STOCKSHEET_TYPO: 'y', DATABASE_URL: '', PORT: undefined })).toEqual({
    ok: true,
    config: {
      databaseUrl: null,
      dataDir: 'data',
      redisUrl: null,
      port: 3000,
      host: '127.0.0.1',
      publicUrl: null,
      masterKey: null,
      masterKeyPrevious: null,
      adminPassword: null,
      mail: null,
      google: null,
      ordersEveryMs: null,
      logLevel: 'info',
      allowLoopbackStores: false,
      stopDeadlineMs: 20_000,
    },
  });
});

test('every setting is taken as it is given', () => {
  const key = Buffer.alloc(32, 7);
  const reading = readConfig({
    DATABASE_URL: 'postgresql://u:p@db.example:5432/stock',
    DATA_DIR: '/var/lib/stocksheet',
    REDIS_URL: 'rediss://cache.example:6380/2',
    PORT: ' 8080 ',
    HOST: '0.0.0.0',
    PUBLIC_URL: 'https://stock.example/',
    MASTER_KEY: key.toString('base64'),
    MASTER_KEY_PREVIOUS: key.toString('hex'),
    ADMIN_PASSWORD: 'correct horse battery',
    GOOGLE_SERVICE_ACCOUNT_FILE: '/etc/google.json',
    SPREADSHEET_ID: '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms',
    ORDERS_EVERY_SECONDS: '60',
    LOG_LEVEL: 'debug',
    ALLOW_LOOPBACK_STORES: 'true',
    STOP_DEADLINE_SECONDS: '5',
  });
  expect(reading).toMatchObject({
    ok: true,
    config: {
      redisUrl: 'rediss://cache.example:6380/2',
      port: 8080,
      publicUrl: 'https://stock.example',
      masterKey: key,
      masterKeyPrevious: key,
      google: { serviceAccountFile: '/etc/google.json' },
      ordersEveryMs: 60_000,
      allowLoopbackStores: true,
      stopDeadlineMs: 5_000,
    },
  });
});

const WRONG: Readonly<Record<string, string>> = {
  DATABASE_URL: 'mysql://db/stock',
  REDIS_URL: 'localhost:6379',
  PORT: '99999',
  PUBLIC_URL: 'http://stock.example',
  MASTER_KEY: 'short',
  MASTER_KEY_PREVIOUS: 'g'.repeat(64),
  ADMIN_PASSWORD: 'admin',
  SPREADSHEET_ID: 'https://docs.google.com/x',
  ORDERS_EVERY_SECONDS: '1.5',
  LOG_LEVEL: 'loud',
  ALLOW_LOOPBACK_STORES: 'yes',
  STOP_DEADLINE_SECONDS: '0',
};

test('all problems are told at once, each naming its setting, and no value is repeated', () => {
  const reading = readConfig(WRONG);
  const problems = reading.ok ? [] : reading.problems;
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    ...Object.keys(WRONG),
    'GOOGLE_SERVICE_ACCOUNT_FILE',
  ]);
  for (const problem of problems) expect(problem).not.toMatch(/mysql|admin\b|\bshort\b|99999/);
});

test.each([
  [
    { GOOGLE_SERVICE_ACCOUNT_FILE: '/x.json' },
    'SPREADSHEET_ID is missing but GOOGLE_SERVICE_ACCOUNT_FILE is set.',
  ],
  [{ SPREADSHEET_ID: 'a'.repeat(44) }, 'GOOGLE_SERVICE_ACCOUNT_FILE is missing but SPREADSHEET_ID is set.'],
])('Google needs both of its settings: %j', (environment, sentence) => {
  const reading = readConfig(environment);
  expect(reading.ok ? [] : reading.problems).toEqual([expect.stringContaining(sentence)]);
});

describe('the master key that nobody gave', () => {
  const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'stocksheet-key-'));
    await work(folder).finally(() => rm(folder, { recursive: true, force: true }));
  };

  test('is made once, for its owner only, and found again, also by two processes at once', () =>
    inFolder(async (folder) => {
      const keys = await Promise.all(Array.from({ length: 5 }, () => keepMasterKey(join(folder, 'data'))));
      const again = await keepMasterKey(join(folder, 'data'));
      expect(new Set([...keys, again].map(({ key }) => key.toString('hex'))).size).toBe(1);
      expect(keys.filter(({ created }) => created)).toHaveLength(1);
      expect(again.created).toBe(false);
      expect((await stat(again.file)).mode & 0o777).toBe(0o600);
    }));

  test('is never replaced when its file is damaged', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'master.key');
      await writeFile(file, 'damaged');
      await expect(keepMasterKey(folder)).rejects.toThrow(`The file ${file} does not hold a key.`);
      expect(await readFile(file, 'utf8')).toBe('damaged');
    }));
});

test('e-mail needs the mail server and the address, and sends from that address unless another is named', () => {
  const both = { SMTP_URL: 'smtps://user:secret@mail.example.com', MAIL_TO: 'team@example.com' };
  expect(readConfig(both)).toMatchObject({
    ok: true,
    config: { mail: { smtpUrl: both.SMTP_URL, to: 'team@example.com', from: 'team@example.com' } },
  });
  const from = { ...both, MAIL_FROM: 'stock@example.com' };
  expect(readConfig(from)).toMatchObject({ ok: true, config: { mail: { from: 'stock@example.com' } } });
  expect(readConfig({ SMTP_URL: both.SMTP_URL })).toEqual({
    ok: false,
    problems: [expect.stringMatching(/^MAIL_TO is missing but SMTP_URL is set/)],
  });
  expect(readConfig({ ...both, MAIL_TO: 'team' })).toMatchObject({ ok: false });
});
