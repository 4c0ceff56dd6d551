// Says in one sentence what became of a submission.

import type { SubmitSummary } from './tabs/adjustments.ts';

export function summaryInWords(summary: SubmitSummary): string {
  if (summary.submitted === 0 && summary.refused === 0) {
    return 'No row is ticked. Tick the box of each row to submit, then submit again.';
  }
  const parts = [
    summary.applied > 0 ? `${rows(summary.applied)} applied.` : '',
    refusedInWords(summary),
    summary.waiting > 0 ? `${rows(summary.waiting)} still waiting. ${summary.problem ?? ''}`.trim() : '',
    summary.gone > 0 ? `${rows(summary.gone)} deleted meanwhile; what was submitted still counts.` : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function refusedInWords({ refused, firstRefusedRow }: SubmitSummary): string {
  if (refused === 0) return '';
  const where = firstRefusedRow === null ? '' : ` The first is row ${firstRefusedRow}.`;
  return `${rows(refused)} ${refused === 1 ? 'needs' : 'need'} you: read the message beside it.${where}`;
}

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);
