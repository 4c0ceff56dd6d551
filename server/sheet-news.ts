// Tells people in the Activity tab what became of their tabs: each thing once, and what they can end until it is over.

import { asideInWords } from '../shared/tabs/own-tab.ts';
import { recordOnce, resolveTroubles } from './activity/activity.ts';
import type { Database } from './database/database.ts';
import { doubleInWords, type TabNews } from './sheet/own-tabs.ts';

const DOUBLE = 'tab-double:';

export async function tellOfTabs(
  db: Database,
  spreadsheetId: string,
  { asides, doubles }: TabNews,
  at: Date,
): Promise<void> {
  const doubleOf = (sheetId: number): string => `${DOUBLE}${spreadsheetId}:${sheetId}`;
  for (const { sheetId, name, title } of asides) {
    const message = asideInWords(name, title);
    await recordOnce(db, { at, level: 'info', trouble: `tab-aside:${spreadsheetId}:${sheetId}`, message });
  }
  for (const double of doubles) {
    const trouble = doubleOf(double.sheetId);
    await recordOnce(db, { at, level: 'warning', trouble, message: doubleInWords(double) });
  }
  const open = await db
    .selectFrom('activity')
    .select('dedupe_key as trouble')
    .where('dedupe_key', 'like', `${DOUBLE}%`)
    .where('resolved_at', 'is', null)
    .execute();
  const still = new Set(doubles.map(({ sheetId }) => doubleOf(sheetId)));
  const over = open.flatMap(({ trouble }) => (trouble === null || still.has(trouble) ? [] : [trouble]));
  await resolveTroubles(db, over, at);
}
