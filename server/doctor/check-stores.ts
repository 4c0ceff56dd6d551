// Checks each store: its credentials at the shop itself, its webhooks, when it was last read, what waits, and what ends soon.

import { sql } from 'kysely';
import { sizeInWords } from '../../shared/model/duration.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { isOwed } from '../listings/owed.ts';
import { ChannelError } from '../net/channel-error.ts';
import type { ChannelHttp } from '../net/channel-http.ts';
import type { OpenStore } from '../sync/context.ts';
import { createStoreOpener, type StoreOpenerParts } from '../sync/open-store.ts';
import { ORDERS_EVERY_MAX_MS, ordersEveryMs } from '../sync/store-settings.ts';
import { attempt, type HearError } from './attempt.ts';
import { compareClocks } from './clocks.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

type StoreRow = Awaited<ReturnType<typeof readStores>>[number];
type ShopTime = { readonly shopMs: number; readonly oursMs: number };

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** So many of its own steps late, a reading has stopped; never within what stores that share one budget may have to wait. */
const LATE_STEPS = 3;
const LATE_MIN_MS = 3 * ORDERS_EVERY_MAX_MS;
const OWED_MAX_MS = 30 * MINUTE_MS;
const BUDGET_LOW_SHARE = 0.1;
const ACCESS_SOON_MS = 7 * DAY_MS;

export async function checkStores(
  config: Config,
  parts: StoreOpenerParts,
  now: Date,
  hear: HearError,
): Promise<readonly Finding[]> {
  const stores = await readStores(parts.db);
  if (stores.length === 0)
    return [note('Stores', 'No shop is connected yet. Connect the first one in the sidebar.')];
  const findings: Finding[] = [];
  for (const store of stores)
    findings.push(...(await attempt(store.name, () => checkStore(config, parts, store, now), hear)));
  return findings;
}

const readStores = (db: Database) => db.selectFrom('stores').selectAll().orderBy('created_at').execute();

async function checkStore(
  config: Config,
  parts: StoreOpenerParts,
  row: StoreRow,
  now: Date,
): Promise<readonly Finding[]> {
  const times: ShopTime[] = [];
  const opening = { ...parts, httpFor: listeningToDates(parts, times) };
  let store: OpenStore | null;
  try {
    store = await createStoreOpener(opening)(row.id);
  } catch (error) {
    return [wrong(row.name, (error as Error).message)];
  }
  if (store === null) return [];
  const asked = await askShop(store);
  const time = times.at(-1);
  return [
    ...asked,
    ...(time === undefined ? [] : [compareClocks(`the shop of ${row.name}`, time.shopMs, time.oursMs)]),
    ...health(row),
    ...webhooks(config, store, row),
    ...(row.sync_on ? readings(config, store, row, now) : [note(row.name, SYNC_OFF)]),
    ...(row.sync_on ? await waiting(parts.db, row, now) : []),
    ...endings(row, now),
  ].filter((finding, index, all) => !isSaidBefore(finding, index, all));
}

const SYNC_OFF =
  'Sync is off: its orders do not count and nothing is pushed. Turn it on in the sidebar when it shall.';

const isSaidBefore = (finding: Finding, index: number, all: readonly Finding[]): boolean =>
  all.findIndex(({ message, level }) => message === finding.message && level === finding.level) < index;

/** The way out of the product itself; what time the shop says it is, is kept. */
function listeningToDates(parts: StoreOpenerParts, times: ShopTime[]): StoreOpenerParts['httpFor'] {
  return (definition, credentials, bucket): ChannelHttp => {
    const http = parts.httpFor(definition, credentials, bucket);
    return {
      ...http,
      send: async (request, judge) => {
        const response = await http.send(request, judge);
        const shopMs = Date.parse(response.headers['date'] ?? '');
        if (!Number.isNaN(shopMs)) times.push({ shopMs, oursMs: parts.now().getTime() });
        return response;
      },
    };
  };
}

async function askShop(store: OpenStore): Promise<readonly Finding[]> {
  try {
    const { findings } = await store.channel.check();
    if (findings.length === 0) return [ok(store.name, 'the shop takes its credentials')];
    return findings.map(({ level, message }) =>
      level === 'blocker' ? wrong(store.name, message) : note(store.name, message),
    );
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return [wrong(store.name, `The shop could not be asked: ${error.message}`)];
  }
}

function health({ name, health: state, health_message: message }: StoreRow): Finding[] {
  if (state === 'ok') return [];
  if (state === 'slowed') return [note(name, `The shop slows us down: ${message}`)];
  return [wrong(name, message)];
}

function webhooks({ publicUrl }: Config, store: OpenStore, row: StoreRow): Finding[] {
  const { definition, name } = store;
  if (definition.webhook === undefined) return [];
  const words = row.webhook_health;
  if (words.startsWith('on') || words.startsWith('mended')) return [ok(name, 'webhooks are on')];
  if (publicUrl === null)
    return [note(name, 'Webhooks are off, because PUBLIC_URL is not set: orders come with the pulls.')];
  if (words === '')
    return [note(name, 'Webhooks were not set up yet: a running server does it within minutes.')];
  const remedy = 'Orders still come with the pulls. A running server tries again every six hours.';
  return [wrong(name, `Webhooks are ${words} ${remedy}`)];
}

function readings(config: Config, store: OpenStore, row: StoreRow, now: Date): Finding[] {
  const { definition } = store;
  const orders = ordersEveryMs(row.settings, definition, { forAllMs: config.ordersEveryMs, sharing: 1 });
  const listings = definition.manifest.rhythm.listingsEveryMs;
  const since = row.sync_on_at ?? row.created_at;
  return [
    reading(row.name, 'orders', row.orders_synced_at, orders, since, now),
    reading(row.name, 'listings', row.listings_synced_at, listings, since, now),
  ];
}

function reading(
  name: string,
  what: string,
  at: Date | null,
  everyMs: number,
  since: Date,
  now: Date,
): Finding {
  const silentMs = now.getTime() - (at ?? since).getTime();
  const last = at === null ? 'never read' : `last read ${sizeInWords(silentMs)} ago`;
  if (silentMs <= Math.max(LATE_MIN_MS, LATE_STEPS * everyMs)) return ok(name, `${what} ${last}`);
  const message = `Its ${what} were ${last}, and are due every ${sizeInWords(everyMs)} or so. See that the server runs (npm start); the Activity tab says what keeps it.`;
  return wrong(name, message);
}

/** What is owed for long waits for something that a person should know of. */
async function waiting(db: Database, row: StoreRow, now: Date): Promise<readonly Finding[]> {
  const { rows } = await sql<{ owed: number; since: Date | null }>`
    select count(*)::integer as owed, min(desired_at) as since from listings
    where store_id = ${row.id} and ${isOwed}`.execute(db);
  const { owed = 0, since = null } = rows[0] ?? {};
  const pushed = row.inventory_synced_at;
  const last =
    pushed === null
      ? 'nothing pushed yet'
      : `last pushed ${sizeInWords(now.getTime() - pushed.getTime())} ago`;
  if (owed === 0 || since === null) return [ok(row.name, `every number is told; ${last}`)];
  const forMs = now.getTime() - since.getTime();
  const state = `${owed} ${owed === 1 ? 'listing waits' : 'listings wait'} to be told their number, the oldest for ${sizeInWords(forMs)}`;
  if (forMs <= OWED_MAX_MS) return [ok(row.name, `${state}; ${last}`)];
  return [
    wrong(row.name, `${state} (${last}). The store's card in the sidebar and the Activity tab say why.`),
  ];
}

function endings(row: StoreRow, now: Date): Finding[] {
  const endsAt = row.access_ends_at;
  const leftMs = endsAt === null ? Number.POSITIVE_INFINITY : endsAt.getTime() - now.getTime();
  const access =
    row.access_message === ''
      ? []
      : [(leftMs <= ACCESS_SOON_MS ? wrong : note)(row.name, row.access_message)];
  const budget = row.budget;
  const isLow = budget !== null && budget.per === 'day' && budget.left < budget.of * BUDGET_LOW_SHARE;
  return isLow
    ? [
        ...access,
        note(row.name, `${budget.words}: orders come first, then the listings with the fewest units left.`),
      ]
    : access;
}
