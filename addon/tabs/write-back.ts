// Writes answers back into the sheet: each into the row that asked, wherever it is by now.

import type { RowWrites } from '../../shared/api/rows.ts';
import type { PeopleTab } from '../../shared/tabs/people-tabs.ts';
import type { SheetPort } from '../ports.ts';
import { type Placed, type RowOutcome, writeOutcomes } from './answers.ts';
import { findOrRepairTab } from './find-columns.ts';
import { mergesOfRows, unmergeRows } from './merged-cells.ts';
import { ROW_STATES } from './row-states.ts';
import { type RowToFill, writeFilledIn } from './row-writes.ts';
import { readLines, STEP_KEY, type TabLine } from './rows.ts';
import type { Written } from './submit-summary.ts';

export type Answered = {
  readonly outcome: RowOutcome;
  readonly writes: RowWrites;
  /** False when the server said nothing about this row. */
  readonly isAnswered: boolean;
};

type WriteBackParts = {
  readonly sheet: SheetPort;
  readonly tab: PeopleTab;
  readonly digest: (text: string) => string;
};

/** Under the lock: looks up where each row is now, by its id, before anything is written. */
export function writeBack(
  { sheet, tab: { definition }, digest }: WriteBackParts,
  answers: ReadonlyMap<string, Answered>,
): Written {
  const found = findOrRepairTab(sheet, definition);
  const lines = new Map<string, TabLine>();
  for (const line of readLines(found, definition, { digest, onlyWaiting: false })) {
    const id = line.mark?.id ?? '';
    const answer = answers.get(id);
    if (answer === undefined) continue;
    const rival = lines.get(id);
    const { fingerprint } = answer.outcome;
    if (rival === undefined || likeness(line, fingerprint) > likeness(rival, fingerprint))
      lines.set(id, line);
  }
  const placed: Placed[] = [];
  const toFill: RowToFill[] = [];
  let overtaken = 0;
  for (const [id, line] of lines) {
    const answer = answers.get(id);
    if (answer === undefined) continue;
    const { outcome, writes } = answer;
    if (isOvertaken(line, answer)) {
      overtaken += 1;
      continue;
    }
    const unchanged = line.fingerprint === outcome.fingerprint;
    placed.push({ row: line.row, outcome: unchanged ? outcome : changedMeanwhile(answer) });
    toFill.push({ line, writes, unchanged });
  }
  unmergeRows(found.tab, mergesOfRows(found), new Set(placed.map(({ row }) => row)));
  writeFilledIn(found, definition, toFill, digest);
  writeOutcomes(found, placed);
  return { placed, gone: answers.size - placed.length - overtaken };
}

/**
 * Of a row and its copy, the answer belongs to the one that still says what was sent; of two that do, to the one that was sent with
 * it, and is under way: a copy may stand above it.
 */
const likeness = ({ fingerprint, mark, status }: TabLine, sent: string): number =>
  (fingerprint === sent ? 4 : 0) +
  (mark?.fingerprint === sent ? 2 : 0) +
  (status === ROW_STATES.submitting ? 1 : 0);

/** Another editor's answer to the same row came first and says more: the row must not seem undone, or fall back a step. */
function isOvertaken(line: TabLine, { writes, isAnswered }: Answered): boolean {
  if (!isAnswered) return line.status !== ROW_STATES.submitting;
  return line.step > Number(writes[STEP_KEY] ?? line.step);
}

function changedMeanwhile({ outcome, isAnswered }: Answered): RowOutcome {
  if (outcome.state === 'applied') {
    const message = `Changed after it was applied: make a new row. What was applied: ${outcome.message}`;
    return { ...outcome, state: 'conflict', message };
  }
  // What waits is sent again as it was submitted, or not at all.
  if (outcome.state === 'waiting') return { ...outcome, state: 'error', message: CHANGED_UNANSWERED };
  return outcome.state === 'error' && isAnswered
    ? { ...outcome, message: CHANGED_UNDONE, field: null }
    : outcome;
}

const CHANGED_UNDONE = 'Changed while it was being submitted, and nothing was done. Submit it again.';
const CHANGED_UNANSWERED = 'Changed while it was being submitted, and no answer came. Submit it again.';
