// Rows of any tab that people write in, handed to the document that they are.

import { PEOPLE_TABS, type PeopleTabId } from '../../shared/tabs/people-tabs.ts';
import { submitAdjustmentRows } from './adjustments.ts';
import type { SubmitRows } from './row-outcome.ts';

const DOCUMENTS: Readonly<Record<PeopleTabId, SubmitRows>> = {
  adjustments: submitAdjustmentRows,
};

/** Null: no tab goes by this word. */
export function documentOf(tab: string): SubmitRows | null {
  const known = PEOPLE_TABS.find(({ id }) => id === tab);
  return known === undefined ? null : DOCUMENTS[known.id];
}
