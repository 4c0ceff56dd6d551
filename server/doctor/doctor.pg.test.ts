// Each piece of the set-up spoiled in turn: the doctor finds it, and says what to do.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { fillProducts, fillStores } from '../../test/bench/bulk-catalogue.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type LocalSheet, OWNER, SERVICE, startLocalSheet } from '../../test/support/local-sheet.ts';
import { channels } from '../channels/registry.ts';
import type { SimulatedShop } from '../channels/simulator.ts';
import { type Config, readConfig } from '../config.ts';
import { createApiKey } from '../http/api-keys.ts';
import { createVault } from '../secrets/vault.ts';
import type { WorkbookEdit } from '../workbook/session.ts';
import { type ExamineOptions, examine } from './examine.ts';
import { type Finding, toLine } from './finding.ts';

const masterKey = randomBytes(32);
const vault = createVault([masterKey]);
let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stocksheet-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

function configOf(more: Readonly<Record<string, string>> = {}): Config {
  const reading = readConfig({
    DATABASE_URL: database.url,
    MASTER_KEY: masterKey.toString('base64'),
    DATA_DIR: join(folder, 'none'),
    PORT: '9',
    ALLOW_LOOPBACK_STORES: 'true',
    STOP_DEADLINE_SECONDS: '1',
    ...more,
  });
  if (!reading.ok) throw new Error(reading.problems.join(' '));
  return reading.config;
}

async function findings(config: Config, options: Partial<ExamineOptions> = {}): Promise<Finding[]> {
  const found: Finding[] = [];
  const hear = () => undefined;
  await examine(config, { now: () => new Date(), hear, ...options }, (some) => found.push(...some));
  return found;
}

/** All that is said about a piece, a line each. */
async function said(about: string, config: Config, options: Partial<ExamineOptions> = {}): Promise<string> {
  const found = await findings(config, options);
  return found
    .filter((finding) => finding.about === about)
    .map(toLine)
    .join('\n');
}

describe('what everything stands on', () => {
  test('all is well: nothing of it is wrong', async () => {
    const found = await findings(configOf());
    const wrong = found.filter(({ level }) => level === 'wrong').map(({ about }) => about);
    expect(wrong).toEqual(['Server']);
    expect(found.map(toLine).join('\n')).toMatch(/ok {4}Database +answers and is up to date\nok {4}Clock/);
  });

  test('a folder that was never used: start the server once', async () => {
    const { databaseUrl: _url, masterKey: _key, ...rest } = configOf();
    const config = { ...rest, databaseUrl: null, masterKey: null };
    const lines = (await findings(config)).map(toLine).join('\n');
    expect(lines).toContain('WRONG Master key');
    expect(lines).toContain('Start the server once: npm start.');
  });

  test('the file of the master key holds something else', async () => {
    await writeFile(join(folder, 'master.key'), 'not a key');
    const config = { ...configOf(), masterKey: null, dataDir: folder };
    expect(await said('Master key', config)).toMatch(/WRONG .*does not hold a key\. Put the right one back/);
  });

  test('nobody answers at DATABASE_URL', async () => {
    const config = configOf({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' });
    expect(await said('Database', config)).toMatch(
      /WRONG .*cannot be opened: .*ECONNREFUSED.* Check DATABASE_URL/,
    );
  });

  test('the database is older than this version', async () => {
    await sql`delete from migrations where name = (select max(name) from migrations)`.execute(database.db);
    expect(await said('Database', configOf())).toMatch(
      /WRONG .*older than this version \(1 changes.*Start the server anew/,
    );
  });

  test('the database is newer than this version', async () => {
    await sql`insert into migrations (name, hash) values ('9999-later.sql', '')`.execute(database.db);
    expect(await said('Database', configOf())).toMatch(/WRONG .*does not know\. Start the newest version/);
  });

  test('nobody answers at REDIS_URL', async () => {
    const config = configOf({ REDIS_URL: 'redis://127.0.0.1:9' });
    expect(await said('Queue', config)).toMatch(/WRONG .*queue does not answer.* Check REDIS_URL/);
  });
});

describe('the server', () => {
  const answering = async (listener: RequestListener, look: (port: string) => Promise<void>) => {
    const server: Server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await look(String((server.address() as AddressInfo).port));
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };

  test('nothing runs', async () => {
    expect(await said('Server', configOf())).toMatch(
      /WRONG .*No server answers at http:\/\/127\.0\.0\.1:9\. Start it: npm start/,
    );
  });

  test('something else answers at its port', async () => {
    await answering(
      (_request, response) => void response.writeHead(404).end('Welcome'),
      async (port) =>
        expect(await said('Server', configOf({ PORT: port }))).toMatch(
          /WRONG .*Something else than Stocksheet answers/,
        ),
    );
  });

  test('it is not ready, and says why', async () => {
    const error = { code: 'not_ready', message: 'The queue does not answer.' };
    await answering(
      (_request, response) => void response.writeHead(503).end(JSON.stringify({ error })),
      async (port) =>
        expect(await said('Server', configOf({ PORT: port }))).toMatch(
          /WRONG .*not ready: The queue does not answer\./,
        ),
    );
  });

  test.each([
    ['https://127.0.0.1:9', /WRONG .*Nothing answers at https:\/\/127\.0\.0\.1:9.*npm start/],
    ['https://no-such-name.invalid', /WRONG .*is not known\. Correct PUBLIC_URL/],
  ])('%s cannot be reached', async (address, sentence) => {
    expect(await said('Server', configOf({ PUBLIC_URL: address }))).toMatch(sentence);
  });
});

describe('the Google Sheet', () => {
  const ID = 'a-spreadsheet-of-twenty-and-more';
  let sheet: LocalSheet;
  let keyFile: string;
  beforeEach(async () => {
    sheet = await startLocalSheet(database.db, ID);
    keyFile = join(folder, 'service-account.json');
    const account = {
      type: 'service_account',
      client_email: SERVICE.email,
      private_key: '-----BEGIN PRIVATE KEY-----',
    };
    await writeFile(keyFile, JSON.stringify(account));
  });
  afterEach(() => sheet.close());

  const config = (more: Readonly<Record<string, string>> = {}) =>
    configOf({
      SPREADSHEET_ID: ID,
      GOOGLE_SERVICE_ACCOUNT_FILE: keyFile,
      PUBLIC_URL: 'https://127.0.0.1:9',
      ...more,
    });
  const flush = () => sheet.flush({ now: new Date() });
  const about = (piece: string, options: Partial<ExamineOptions> = {}) =>
    said(piece, config(), { sheetsFor: () => sheet.sheets, ...options });
  const damage = (tab: string, work: (edit: WorkbookEdit, sheetId: number) => unknown) =>
    sheet.workbook.change(OWNER, async (edit) => {
      const sheetId = edit.sheetNamed(tab)?.sheetId ?? -1;
      edit.reshape(sheetId, (shape) => ({
        ...shape,
        protections: shape.protections.map((one) => ({ ...one, editors: [OWNER.email, SERVICE.email] })),
      }));
      await work(edit, sheetId);
    });

  test('without PUBLIC_URL the sheet cannot reach the server', async () => {
    const { publicUrl: _gone, ...rest } = config();
    expect(
      await said('Public address', { ...rest, publicUrl: null }, { sheetsFor: () => sheet.sheets }),
    ).toMatch(/WRONG .*Set it to the https address/);
  });

  test('shared, and never written: the tabs come by themselves', async () => {
    expect(await about('Sheet')).toBe('ok    Sheet              "Stock" is shared with it as an editor');
    expect(await about('Tabs')).toMatch(/^note .*a running server makes them within a minute/);
  });

  test('a tab of the shop under a name of ours: it will be renamed, and is not touched by looking', async () => {
    await sheet.workbook.change(OWNER, async (edit) => {
      const { sheetId } = edit.addSheet({ title: 'Inventory', rowCount: 9, columnCount: 3 });
      edit.writeCells(sheetId, 0, 0, [['Item', 'Shelf']], 'raw');
    });
    expect(await about('Your own tab')).toBe(
      'note  Your own tab       "Inventory" bears the name of a tab that Stocksheet writes. A running server renames it "Inventory (yours)" and changes nothing in it.',
    );
    expect(await sheet.workbook.look(async (view) => view.sheetNamed('Inventory (yours)'))).toBeNull();
    await flush();
    expect(await about('Your own tab')).toBe('');
    expect(await about('Tabs')).toMatch(/^ok /);
  });

  test('as the product left it: nothing is wrong with it, and nothing was changed by looking', async () => {
    await flush();
    const before = await sheet.workbook.look(async (view) => JSON.stringify(view.sheets()));
    expect(await about('Tabs')).toMatch(/^ok /);
    expect(await about('Worker')).toMatch(/^ok .*looked at the sheet \d+ s ago/);
    expect(await sheet.workbook.look(async (view) => JSON.stringify(view.sheets()))).toBe(before);
  });

  test.each([
    ['unshared', /not shared with service@local as an editor.*press Share/],
    ['viewer', /not shared with service@local as an editor.*press Share/],
    ['gone', /no spreadsheet with the id a-spreadsheet.*bin in Google Drive/],
    ['apiDisabled', /Sheets API is not enabled.*overview\?project=1234567890, press Enable/],
    ['scopeMissing', /scope https:\/\/www\.googleapis\.com\/auth\/spreadsheets is missing/],
    ['expired', /does not accept how service@local signs in.*make a new key/],
  ] as const)('%s', async (state, sentence) => {
    sheet.faults.put(state);
    const line = await about('Sheet');
    expect(line).toMatch(/^WRONG /);
    expect(line).toMatch(sentence);
  });

  test('the key of the service account is missing, or is something else', async () => {
    const other = { sheetsFor: () => sheet.sheets };
    const missing = config({ GOOGLE_SERVICE_ACCOUNT_FILE: join(folder, 'none.json') });
    expect(await said('Service account', missing, other)).toMatch(
      /WRONG .*cannot be read.*Keys › Add key › JSON/,
    );
    await writeFile(keyFile, '{"installed": {}}');
    expect(await about('Service account')).toMatch(/WRONG .*does not hold the key of a service account/);
  });

  test.each([
    ['a tab deleted', 'Orders', (edit, id) => edit.deleteSheet(id), /The tab "Orders" is missing/],
    ['a tab renamed', 'Orders', (edit, id) => edit.renameSheet(id, 'Mine'), /"Orders" is called "Mine" now/],
    [
      'a column deleted',
      'Adjustments',
      (edit, id) => edit.remove(id, 'columns', 1, 2),
      /"Adjustments" has lost its column/,
    ],
    [
      'a header renamed',
      'Inventory',
      (edit, id) => edit.writeCells(id, 0, 1, [['Name']], 'raw'),
      /header "Title" of "Inventory" says "Name"/,
    ],
    [
      'a header deleted',
      'Adjustments',
      (edit, id) => edit.writeCells(id, 0, 1, [['']], 'raw'),
      /of "Adjustments" is empty/,
    ],
    [
      'the protection removed',
      'Ledger',
      (edit, id) => edit.reshape(id, (shape) => ({ ...shape, protections: [] })),
      /"Ledger" is not protected any more/,
    ],
    [
      'the header thawed',
      'Ledger',
      (edit, id) => edit.reshape(id, (shape) => ({ ...shape, frozenRows: 0 })),
      /header of "Ledger" is not frozen/,
    ],
    [
      'cells merged',
      'Ledger',
      (edit, id) => edit.merge(id, { startRow: 1, endRow: 3, startColumn: 0, endColumn: 2 }, 'all'),
      /Cells of the tab "Ledger" are merged/,
    ],
  ] as readonly (readonly [string, string, (edit: WorkbookEdit, id: number) => unknown, RegExp])[])(
    '%s',
    async (_what, tab, work, sentence) => {
      await flush();
      await damage(tab, work);
      const line = await about('Tabs');
      expect(line).toMatch(/^WRONG /);
      expect(line).toMatch(sentence);
      expect(line).toContain('Repair the tabs');
    },
  );

  test('a header that people renamed in their own tab is their choice', async () => {
    await flush();
    await damage('Adjustments', (edit, id) => edit.writeCells(id, 0, 1, [['Artikel']], 'raw'));
    expect(await about('Tabs')).toMatch(/^ok /);
  });

  test('a name that people gave to a tab of theirs is their choice, and a second one like it is named', async () => {
    await flush();
    await damage('Adjustments', (edit, id) => edit.renameSheet(id, 'Stock changes'));
    expect(await about('Tabs')).toMatch(/^ok /);
    await sheet.workbook.change(OWNER, async (edit) => {
      const { tags = [] } = edit.sheetNamed('Stock changes')?.shape ?? {};
      const { sheetId } = edit.addSheet({ title: 'Copy', rowCount: 9, columnCount: 3 });
      edit.reshape(sheetId, (shape) => ({
        ...shape,
        tags: tags.filter(({ columnId }) => columnId === null),
      }));
    });
    expect(await about('Tabs')).toMatch(/^WRONG .*"Stock changes" and "Copy" look the same/);
  });

  test('nobody has written for an hour: the worker does not run', async () => {
    await flush();
    const now = () => new Date(Date.now() + 3_600_000);
    expect(await about('Worker', { now })).toMatch(/WRONG .*last looked at 60 min ago\. Start the server/);
  });

  test('the clock of this server is ten minutes ahead of Google', async () => {
    const now = () => new Date(Date.now() + 600_000);
    expect(await about('Clock', { now })).toMatch(
      /WRONG .*10 min ahead of Google\. Turn on time synchronisation/,
    );
  });

  describe('who has connected it', () => {
    const pair = (spreadsheetId = ID) =>
      createApiKey(database.db, vault, 'Sheet of mia', 'sheet', { spreadsheetId, audience: 'script' });
    const own = () =>
      sql`insert into people (email, role) values ('mia@shop.example', 'owner')`.execute(database.db);
    const heard = (keyId: string, minutesAgo: number) =>
      sql`insert into sheet_triggers (key_id, last_nudge_at, every_ms, person) values
        (${keyId}, now() - ${minutesAgo} * interval '1 minute', 600000, 'mia@shop.example')`.execute(
        database.db,
      );

    test('nobody, or another sheet', async () => {
      await pair('another-spreadsheet');
      expect(await about('Pairing')).toMatch(/WRONG .*Run npm run pair, and type/);
    });

    test('the owner has left', async () => {
      await pair();
      await own();
      await sql`update people set removed_at = now()`.execute(database.db);
      expect(await about('Pairing')).toMatch(/WRONG .*npm run pair -- owner/);
    });

    test('the sheet’s clock was never heard, is heard, and has stopped', async () => {
      const { keyId } = await pair();
      await own();
      expect(await about('Pairing')).toMatch(/^ok .*owner mia@shop\.example/);
      expect(await about('Sheet’s clock')).toMatch(
        /^note .*never heard\. Choose Stocksheet › Repair the tabs/,
      );
      await heard(keyId, 4);
      expect(await about('Sheet’s clock')).toMatch(/^ok .*heard 4 min ago, every 10 min, of mia/);
      const later = { now: () => new Date(Date.now() + 3_600_000) };
      expect(await about('Sheet’s clock', later)).toMatch(/^WRONG .*last heard 64 min ago.*Repair the tabs/);
    });
  });
});

describe('a store', () => {
  const [definition] = channels;
  let shop: SimulatedShop;
  beforeEach(async () => {
    if (definition === undefined) throw new Error('There is no channel.');
    shop = await definition.simulator({ port: 0 });
    await fillStores(database.db, vault, 1, () => shop.credentials);
    await sql`update stores set webhook_health = 'on'`.execute(database.db);
  });
  afterEach(() => shop.close());
  const store = (config = configOf(), options: Partial<ExamineOptions> = {}) =>
    said('Store 1', config, options);

  test('all is well', async () => {
    const lines = await store();
    expect(lines).not.toMatch(/WRONG|note/);
    expect(lines).toMatch(/the shop takes its credentials/);
    expect(lines).toMatch(/orders last read \d+ s ago/);
    expect(lines).toMatch(/every number is told; last pushed/);
    const clocks = (await findings(configOf())).filter(({ about }) => about === 'Clock');
    expect(clocks.map(({ message }) => message)).toContain('agrees with the shop of Store 1');
  });

  test('the shop does not take its credentials any more', async () => {
    shop.setFault('revoked');
    expect(await store()).toMatch(/WRONG/);
  });

  test('the shop cannot be reached', async () => {
    await shop.close();
    expect(await store()).toMatch(/WRONG Store 1 +The shop could not be asked/);
  });

  test('the master key is another one', async () => {
    const config = configOf({ MASTER_KEY: randomBytes(32).toString('base64') });
    expect(await store(config)).toMatch(/WRONG .*needs the master key.*Add the former key again/);
  });

  test.each<readonly [string, ReturnType<typeof sql>, RegExp]>([
    [
      'orders were not read for hours',
      sql`update stores set orders_synced_at = now() - interval '3 hours'`,
      /WRONG .*orders were last read 3 h ago.*are due every/,
    ],
    [
      'listings were not read for days',
      sql`update stores set listings_synced_at = now() - interval '9 days'`,
      /WRONG .*listings were last read 9 days ago/,
    ],
    ['sync is off', sql`update stores set sync_on = false`, /note .*Sync is off/],
    [
      'it needs a person',
      sql`update stores set health = 'reconnect', health_message = 'Enter a new token.'`,
      /WRONG .*Enter a new token/,
    ],
    [
      'it is slowed',
      sql`update stores set health = 'slowed', health_message = 'Too many calls.'`,
      /note .*slows us down: Too many calls/,
    ],
    [
      'access ends soon',
      sql`update stores set access_ends_at = now() + interval '3 days', access_message = 'The access ends within 7 days.'`,
      /WRONG .*The access ends within 7 days/,
    ],
    [
      'access ends in a month',
      sql`update stores set access_ends_at = now() + interval '29 days', access_message = 'The access ends within 30 days.'`,
      /note .*The access ends within 30 days/,
    ],
    [
      'calls of the day run short',
      sql`update stores set budget = '{"left": 12, "of": 10000, "per": "day", "resetsAt": null, "words": "12 of 10,000 calls left today"}'`,
      /note .*12 of 10,000 calls left today: orders come first/,
    ],
  ])('%s', async (_what, change, sentence) => {
    await change.execute(database.db);
    expect(await store()).toMatch(sentence);
  });

  test('webhooks are off, with a public address and without one', async () => {
    await sql`update stores set webhook_health = 'off: The shop refused the address.'`.execute(database.db);
    expect(await store()).toMatch(/note .*PUBLIC_URL is not set: orders come with the pulls/);
    expect(await store(configOf({ PUBLIC_URL: 'https://127.0.0.1:9' }))).toMatch(
      /WRONG .*Webhooks are off: The shop refused the address\. Orders still come/,
    );
  });

  test('a number waits to be told for too long', async () => {
    await fillProducts(database.db, 3);
    await sql`update listings set desired_version = 2, desired_at = now() - interval '2 hours'`.execute(
      database.db,
    );
    expect(await store()).toMatch(/WRONG .*3 listings wait to be told their number, the oldest for 2 h/);
  });

  test('what nobody foresaw is a sentence too, and the pieces after it are looked at', async () => {
    await sql`alter table listings rename to elsewhere`.execute(database.db);
    await sql`insert into activity (at, level, message, dedupe_key) values (now(), 'needs-person', 'Look at this.', 'x')`.execute(
      database.db,
    );
    const heard: unknown[] = [];
    const found = await findings(configOf(), { hear: (error) => void heard.push(error) });
    const lines = found.map(toLine);
    expect(lines).toContainEqual(
      'WRONG Store 1            This could not be looked at: relation "listings" does not exist. Run npm run doctor once more. ' +
        'If it says so again, LOG_LEVEL=debug npm run doctor prints what its makers need to know.',
    );
    expect(lines).toContain('note  Needs a person     Look at this.');
    expect(heard).toHaveLength(1);
  });

  test('what needs a person is named', async () => {
    await sql`insert into activity (at, level, message, dedupe_key) values (now(), 'needs-person', 'Look at this.', 'x')`.execute(
      database.db,
    );
    expect(await said('Needs a person', configOf())).toBe('note  Needs a person     Look at this.');
  });
});
