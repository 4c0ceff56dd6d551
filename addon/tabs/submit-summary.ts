// What became of a submission, in counts and in one sentence.

import type { Placed, RowOutcome } from './answers.ts';

export type SubmitSummary = {
  readonly submitted: number;
  readonly applied: number;
  /** Rows that the person must look at. */
  readonly refused: number;
  /** Rows that got no answer and wait, ticked, for the next time. */
  readonly waiting: number;
  /** Answers whose row was deleted meanwhile. */
  readonly gone: number;
  readonly firstRefused: { readonly tab: string; readonly row: number } | null;
  /** For whom rows wait that were left alone: a name for each row. */
  readonly left: readonly string[];
  /** Why rows wait or were refused, in a sentence. */
  readonly problem: string | null;
};

export type Written = { readonly placed: readonly Placed[]; readonly gone: number };

export function summarize(parts: {
  readonly tab: string;
  readonly submitted: number;
  readonly written: Written;
  /** Rows that were not sent, because a person must look at them first. */
  readonly refused: readonly number[];
  readonly left: readonly string[];
  readonly problem: string | null;
}): SubmitSummary {
  const { tab, submitted, written, left, problem } = parts;
  const inState = (...states: RowOutcome['state'][]) =>
    written.placed.filter(({ outcome }) => states.includes(outcome.state));
  const refused = [...parts.refused, ...inState('error', 'conflict').map(({ row }) => row)];
  const first = refused.reduce<number | null>((least, row) => Math.min(least ?? row, row), null);
  return {
    submitted,
    applied: inState('applied').length,
    refused: refused.length,
    waiting: inState('waiting').length,
    gone: written.gone,
    firstRefused: first === null ? null : { tab, row: first },
    left,
    problem,
  };
}

/** Several tabs were submitted at once. */
export const addSummaries = (all: readonly SubmitSummary[]): SubmitSummary =>
  all.reduce(
    (sum, one) => ({
      submitted: sum.submitted + one.submitted,
      applied: sum.applied + one.applied,
      refused: sum.refused + one.refused,
      waiting: sum.waiting + one.waiting,
      gone: sum.gone + one.gone,
      firstRefused: sum.firstRefused ?? one.firstRefused,
      left: [...sum.left, ...one.left],
      problem: sum.problem ?? one.problem,
    }),
    {
      submitted: 0,
      applied: 0,
      refused: 0,
      waiting: 0,
      gone: 0,
      firstRefused: null,
      left: [],
      problem: null,
    },
  );

export const isAnythingDone = ({ submitted, refused }: SubmitSummary): boolean => submitted + refused > 0;

export function summaryInWords(summary: SubmitSummary): string {
  if (!isAnythingDone(summary) && summary.left.length === 0) {
    return 'No row is ticked. Tick the box of each row to submit, then submit again.';
  }
  const parts = [
    summary.applied > 0 ? `${rows(summary.applied)} applied.` : '',
    refusedInWords(summary),
    summary.waiting > 0 ? `${rows(summary.waiting)} still waiting.` : '',
    summary.problem ?? '',
    summary.gone > 0 ? `${rows(summary.gone)} deleted meanwhile; what was submitted still counts.` : '',
    leftInWords(summary),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function refusedInWords({ refused, firstRefused }: SubmitSummary): string {
  if (refused === 0) return '';
  const where = firstRefused === null ? '' : ` The first is row ${firstRefused.row} of ${firstRefused.tab}.`;
  return `${rows(refused)} ${refused === 1 ? 'needs' : 'need'} you: read the message beside it.${where}`;
}

function leftInWords({ left }: SubmitSummary): string {
  if (left.length === 0) return '';
  const [waits, it, was, its] =
    left.length === 1 ? ['waits', 'it', 'was', 'its'] : ['wait', 'them', 'were', 'their'];
  const names = [...new Set(left)].join(', ');
  return (
    `${rows(left.length)} ${waits} for ${names}, who submitted ${it}, and ${was} left alone. ` +
    `To submit ${it} under your own name, clear ${its} Status first.`
  );
}

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);
