// Saving a rule of what a store is told: exactly the listings that the rule speaks of are owed their number anew.

import { sql } from 'kysely';
import type { Sku, StoreId } from '../../shared/model/ids.ts';
import { QUANTITY_MAX } from '../../shared/model/quantity.ts';
import { describeRule, type Rule } from '../../shared/model/rule.ts';
import { readSku } from '../../shared/model/sku.ts';
import type { Tx } from '../database/database.ts';
import { oweListingsWhere, type Stamp } from '../ledger/moves.ts';
import { chosen, isBlank, text } from './cells.ts';
import {
  type Cells,
  NO_ACTION,
  type Reading,
  readAction,
  readWhole,
  refuse,
  type Saved,
  settingsDocument,
} from './settings-rows.ts';

type RuleRow = {
  readonly store: string;
  /** '': every SKU of the store that has no rule of its own. */
  readonly sku: Sku | '';
  /** Null: remove the rule. */
  readonly rule: Rule | null;
};

type Store = { readonly id: StoreId; readonly name: string };

export const submitRules = settingsDocument<RuleRow, readonly Store[]>({
  word: 'rules',
  read: readRule,
  prepare: (tx) => tx.selectFrom('stores').select(['id', 'name']).orderBy('created_at').execute(),
  save: saveRule,
});

function readRule(cells: Cells): Reading<RuleRow> {
  const store = text(cells['store']);
  if (store === '') return refuse('store', 'Fill in the name of the store, as in the Stores tab.');
  const sku = readRuleSku(cells['sku']);
  if (!sku.ok) return refuse('sku', sku.problem);
  const action = readAction(cells['action']);
  if (action === null) return NO_ACTION;
  if (action === 'remove') return { ok: true, value: { store, sku: sku.sku, rule: null } };
  const keepBack = readWhole(cells['keepBack'], { field: 'keepBack', least: 0, most: QUANTITY_MAX }, 0);
  if (!keepBack.ok) return keepBack;
  const share = readWhole(cells['sharePercent'], { field: 'sharePercent', least: 0, most: 100 }, 100);
  if (!share.ok) return share;
  const atMost = readWhole(cells['showAtMost'], { field: 'showAtMost', least: 0, most: QUANTITY_MAX }, null);
  if (!atMost.ok) return atMost;
  const doNotSell = readTick(cells['doNotSell']);
  if (doNotSell === null) return refuse('doNotSell', 'Tick the box, or leave it empty.');
  const rule = {
    keepBack: keepBack.value,
    sharePercent: share.value,
    showAtMost: atMost.value,
    doNotSell,
  };
  // A rule for one SKU that changes nothing has a meaning: the rule of the whole store does not count for it.
  if (sku.sku === '' && describeRule(rule) === '') {
    return refuse('keepBack', 'This rule changes nothing. Fill in one of its numbers, or choose remove.');
  }
  return { ok: true, value: { store, sku: sku.sku, rule } };
}

function readRuleSku(
  cell: Cells[string] | undefined,
): { readonly ok: true; readonly sku: Sku | '' } | { readonly ok: false; readonly problem: string } {
  return cell === null || cell === undefined || cell === '' ? { ok: true, sku: '' } : readSku(cell);
}

function readTick(cell: Cells[string] | undefined): boolean | null {
  const word = isBlank(cell) ? 'no' : chosen(cell, ['true', 'yes', 'false', 'no']);
  return word === null ? null : ['true', 'yes'].includes(word);
}

async function saveRule(tx: Tx, row: RuleRow, stores: readonly Store[], stamp: Stamp): Promise<Saved> {
  const wanted = stores.filter(({ name }) => name.toLowerCase() === row.store.toLowerCase());
  const [store, other] = wanted;
  if (store === undefined) {
    const names = stores.map(({ name }) => name).join(', ');
    const known = names === '' ? 'No store is connected yet.' : `Choose one of: ${names}.`;
    return refuse('store', `There is no store "${row.store.slice(0, 60)}". ${known}`);
  }
  if (other !== undefined)
    return refuse('store', `${wanted.length} stores are named so. Give them different names first.`);
  const listings = await countListings(tx, store.id, row.sku);
  if (row.sku !== '' && row.rule !== null && listings === 0) {
    return refuse(
      'sku',
      `${store.name} has no listing with the SKU "${row.sku.slice(0, 60)}". Check the spelling.`,
    );
  }
  const changed =
    row.rule === null ? await remove(tx, store.id, row.sku) : await put(tx, store.id, row.sku, row.rule);
  const touched = changed ? await oweListingsWhere(tx, speaksOf(store.id, row.sku), stamp.at) : [];
  return { ok: true, message: sentence(store.name, row, listings, changed), touched };
}

/** The listings that a rule counts for. The rule of a whole store does not count for SKUs that have their own. */
const speaksOf = (storeId: StoreId, sku: Sku | '') =>
  sku === ''
    ? sql<boolean>`listings.store_id = ${storeId} and not exists (
        select 1 from rules where rules.store_id = ${storeId} and rules.sku = listings.sku)`
    : sql<boolean>`listings.store_id = ${storeId} and listings.sku = ${sku}`;

async function countListings(tx: Tx, storeId: StoreId, sku: Sku | ''): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::bigint as count from listings where gone_at is null and ${speaksOf(storeId, sku)}`.execute(
    tx,
  );
  return rows[0]?.count ?? 0;
}

async function put(tx: Tx, storeId: StoreId, sku: string, rule: Rule): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    insert into rules as old (store_id, sku, keep_back, share_percent, show_at_most, do_not_sell)
    values (${storeId}, ${sku}, ${rule.keepBack}, ${rule.sharePercent}, ${rule.showAtMost}, ${rule.doNotSell})
    on conflict (store_id, sku) do update set keep_back = excluded.keep_back, share_percent = excluded.share_percent,
      show_at_most = excluded.show_at_most, do_not_sell = excluded.do_not_sell
    where (old.keep_back, old.share_percent, old.show_at_most, old.do_not_sell) is distinct from
      (excluded.keep_back, excluded.share_percent, excluded.show_at_most, excluded.do_not_sell)`.execute(tx);
  return numAffectedRows > 0n;
}

async function remove(tx: Tx, storeId: StoreId, sku: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from rules where store_id = ${storeId} and sku = ${sku}`.execute(tx);
  return numAffectedRows > 0n;
}

function sentence(store: string, { sku, rule }: RuleRow, listings: number, changed: boolean): string {
  const what = sku === '' ? `every SKU of ${store} without a rule of its own` : `${sku} in ${store}`;
  if (!changed)
    return rule === null ? `There was no rule for ${what}.` : `The rule for ${what} stands as it was.`;
  const told = listings === 1 ? '1 listing is told its number' : `${listings} listings are told their number`;
  if (rule === null) return `The rule for ${what} was removed; ${told} anew.`;
  const does = describeRule(rule);
  const effect = does === '' ? 'is told all that is available' : does;
  return `For ${what}: ${store} ${effect}; ${told} anew.`;
}
