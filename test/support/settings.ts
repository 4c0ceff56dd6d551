// Settings as sentences for tests: rows of the tabs Rules, Bundles and Low stock levels, submitted for one test's shop.

import type { Database } from '../../server/database/database.ts';
import { documentOf } from '../../server/documents/submit-rows.ts';
import type { Cell, RowAnswer } from '../../shared/api/rows.ts';
import { stampAt, type TestShop } from './shop.ts';

export type Settings = {
  /** Submits rows of a tab as they are; each gets an id of its own unless one is given as `rowId`. */
  readonly submit: (
    tab: string,
    rows: readonly Readonly<Record<string, Cell>>[],
    minute?: number,
  ) => Promise<readonly RowAnswer[]>;
  /** A bundle by the names of its parts: { A: 2, B: 1 }. All its rows are submitted together. */
  readonly bundle: (name: string, parts: Readonly<Record<string, number>>) => Promise<readonly RowAnswer[]>;
  readonly unbundle: (name: string, parts: readonly string[]) => Promise<readonly RowAnswer[]>;
  /** A rule of the shop; `name` null is for all its SKUs. */
  readonly rule: (name: string | null, cells: Readonly<Record<string, Cell>>) => Promise<RowAnswer>;
};

let rows = 0;

export function settingsOf(db: Database, at: TestShop, storeName: string): Settings {
  const submit: Settings['submit'] = async (tab, given, minute = 20) => {
    const submitRows = documentOf(tab);
    if (submitRows === null) throw new Error(`There is no tab ${tab}.`);
    const submitted = given.map(({ rowId, ...cells }) => {
      rows += 1;
      return { rowId: String(rowId ?? `settings row ${rows}`), cells };
    });
    const { answers } = await submitRows(db, submitted, stampAt(minute));
    return answers;
  };
  return {
    submit,
    bundle: (name, parts) =>
      submit(
        'bundles',
        Object.entries(parts).map(([part, units]) => ({
          bundle: at.sku(name),
          component: at.sku(part),
          units,
        })),
      ),
    unbundle: (name, parts) =>
      submit(
        'bundles',
        parts.map((part) => ({ bundle: at.sku(name), component: at.sku(part), action: 'remove' })),
      ),
    rule: async (name, cells) => {
      const sku = name === null ? '' : at.sku(name);
      const [answer] = await submit('rules', [{ store: storeName, sku, ...cells }]);
      if (answer === undefined) throw new Error('The rule was not answered.');
      return answer;
    },
  };
}
