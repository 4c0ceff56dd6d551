// What a product is called when its listings have several titles.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  aListing,
  createScriptedWorld,
  type ScriptedStore,
  type ScriptedWorld,
} from '../../test/support/scripted-store.ts';
import { importCsv } from '../csv/import-csv.ts';
import { pullListings } from './pull-listings.ts';

let database: TestDatabase;
let world: ScriptedWorld;
beforeAll(async () => {
  database = await createTestDatabase();
  world = createScriptedWorld(database.db, new Date('2026-03-01T10:00:00Z'));
});
afterAll(() => database.drop());

const COMPLETE_MS = 13 * 60 * 60_000;

type Titles = Readonly<Record<string, string>>;

/** Each listing of the SKU with its title; those that are not named are gone. */
async function offer(store: ScriptedStore, sku: string, titles: Titles): Promise<void> {
  store.listings.clear();
  for (const [remoteId, title] of Object.entries(titles)) {
    store.listings.set(remoteId, aListing(remoteId, sku, { title, updatedAt: world.now() }));
  }
  world.pass(COMPLETE_MS);
  await pullListings(world.context, store.id);
}

async function titleOf(sku: string): Promise<string | undefined> {
  const { rows } = await sql<{ title: string }>`select title from products where sku = ${sku}`.execute(
    database.db,
  );
  return rows[0]?.title;
}

test('the title that most of its listings have, however late they come, and also when they go again', async () => {
  const [first, second] = [await world.addStore('most-a'), await world.addStore('most-b')];
  await offer(first, 'MOST', { m: 'Jeans', s: 'Jeans special edition', t: 'Jeans special edition' });
  expect(await titleOf('MOST')).toBe('Jeans special edition');
  await offer(second, 'MOST', { n: 'Jeans', o: 'Jeans' });
  expect(await titleOf('MOST')).toBe('Jeans');
  await offer(second, 'MOST', {});
  expect(await titleOf('MOST')).toBe('Jeans special edition');
});

test('among equals the oldest listing’s, whatever is read again later', async () => {
  const [first, second] = [await world.addStore('tie-a'), await world.addStore('tie-b')];
  await offer(first, 'TIE', { old: 'Belt' });
  await offer(second, 'TIE', { new: 'Belt, brown' });
  expect(await titleOf('TIE')).toBe('Belt');
  await offer(second, 'TIE', { new: 'Belt, dark brown' });
  await offer(first, 'TIE', { old: 'Belt' });
  expect(await titleOf('TIE')).toBe('Belt');
});

test('a listing that is renamed renames its product; one linked to another SKU takes its title along', async () => {
  const store = await world.addStore('renamed');
  await offer(store, 'FROM', { a: 'Cap', b: 'Hat', c: 'Hat' });
  expect(await titleOf('FROM')).toBe('Hat');
  for (const remoteId of ['b', 'c']) {
    store.listings.set(remoteId, aListing(remoteId, 'TO', { title: 'Hat', updatedAt: world.now() }));
  }
  await pullListings(world.context, store.id);
  expect([await titleOf('FROM'), await titleOf('TO')]).toEqual(['Cap', 'Hat']);
  await offer(store, 'FROM', { a: 'Baseball cap' });
  expect(await titleOf('FROM')).toBe('Baseball cap');
});

test('a title that a person imported stays; a file that says what is there already changes nothing', async () => {
  const store = await world.addStore('imported');
  const file = (sku: string, title: string) =>
    importCsv(database.db, 'products', once(`SKU,Title\n${sku},${title}\n`), () => ({
      actor: 'test',
      at: world.now(),
    }));
  await offer(store, 'MINE', { i: 'MUG ENAMEL 0.3L BLU' });
  await file('MINE', 'MUG ENAMEL 0.3L BLU');
  await offer(store, 'MINE', { i: 'Mug, enamel' });
  expect(await titleOf('MINE')).toBe('Mug, enamel');
  await file('MINE', 'My blue mug');
  await offer(store, 'MINE', { i: 'Mug' });
  expect(await titleOf('MINE')).toBe('My blue mug');
});

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
