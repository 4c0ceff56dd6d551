// All tabs that people write in: set up and repaired together, submitted one after the other.

import { PEOPLE_TABS } from '../../shared/tabs/people-tabs.ts';
import type { SheetPort } from '../ports.ts';
import { dressColumns, findOrRepairTab } from './find-columns.ts';
import { mergesOfRows } from './merged-cells.ts';
import { findOwnTab } from './own-tab.ts';
import { type SubmitOptions, type SubmitServices, sendUntil, submitTickedRows } from './submit-rows.ts';
import { addSummaries, type SubmitSummary } from './submit-summary.ts';

/** What had to be put back, in sentences. */
export function setUpTabs(sheet: SheetPort): readonly string[] {
  return sheet.alone(() =>
    PEOPLE_TABS.flatMap(({ definition }) => {
      const found = findOrRepairTab(sheet, definition);
      const merges = mergesOfRows(found, found.tab.rowCount());
      for (const merge of merges) found.tab.unmerge(merge);
      dressColumns(found, definition);
      return merges.length === 0
        ? found.repairs
        : [...found.repairs, `Merged cells of "${definition.name}" were unmerged.`];
    }),
  );
}

export function submitAllTabs(services: SubmitServices, options: SubmitOptions): SubmitSummary {
  // A tab that somebody deleted has no rows to submit; "Repair the tabs" brings it back.
  const there = PEOPLE_TABS.filter(({ definition }) => findOwnTab(services.sheet, definition) !== null);
  // One script, one limit: the tabs share it.
  const { sendUntilMs = sendUntil(services.http) } = options;
  return addSummaries(there.map((tab) => submitTickedRows(services, tab, { ...options, sendUntilMs })));
}
