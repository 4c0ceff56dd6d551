// Submits the ticked rows of a tab that people write in, and writes each answer back to the row that asked.

import {
  type RowAnswer,
  type RowWrites,
  SUBMIT_ROWS_MAX,
  type SubmittedRow,
  submitRowsAnswer,
} from '../../shared/api/rows.ts';
import type { PeopleTab } from '../../shared/tabs/people-tabs.ts';
import { type Connection, callServer } from '../client.ts';
import type { Cell, HttpPort, SheetPort } from '../ports.ts';
import { type Placed, type RowOutcome, writeOutcomes } from './answers.ts';
import { writeColumn } from './cells.ts';
import { type FoundTab, findOrRepairTab } from './find-columns.ts';
import { NOT_SENT, planRows, type RowPlan, writeMark } from './row-identity.ts';
import { ROW_STATES } from './row-states.ts';
import { clearFilledIn, type RowToFill, writeFilledIn } from './row-writes.ts';
import { readLines, STEP_KEY, type TabLine } from './rows.ts';
import { writeSeenCells } from './seen-cells.ts';
import { type SubmitSummary, summarize, type Written } from './submit-summary.ts';

export type SubmitServices = {
  readonly sheet: SheetPort;
  readonly http: HttpPort;
  readonly connection: Connection;
};

export type SubmitOptions = {
  /** Only rows that were submitted before and got no answer. */
  readonly onlyWaiting?: boolean;
  /** Nothing is sent after this time: what is left waits for the next run. */
  readonly sendUntilMs?: number;
};

type Work = SubmitServices & { readonly tab: PeopleTab; readonly onlyWaiting: boolean };

/**
 * Google ends a script after six minutes, wherever it is. A request may take one, a nudge before it another, and the answers
 * have to be written: whoever begins to send later than this may not get to the end.
 */
const SENDING_MAX_MS = 210_000;
const NO_TIME_LEFT =
  'Google stops a script after six minutes, and there was no time left. Submit again to go on; the sheet also goes on by itself.';

export const sendUntil = ({ nowMs }: HttpPort): number => nowMs() + SENDING_MAX_MS;

/** What was sent under an id. */
type Sent = { readonly id: string; readonly fingerprint: string; readonly cells: TabLine['cells'] };
type Answered = { readonly outcome: RowOutcome; readonly writes: RowWrites };

export function submitTickedRows(
  services: SubmitServices,
  tab: PeopleTab,
  options: SubmitOptions = {},
): SubmitSummary {
  const { sheet } = services;
  const work: Work = { ...services, tab, onlyWaiting: options.onlyWaiting ?? false };
  const sendUntilMs = options.sendUntilMs ?? sendUntil(work.http);
  const { sent, copies } = sheet.alone(() => prepare(work));
  const answers = new Map<string, Answered>();
  const rowsPerRequest = tab.rowsPerRequest ?? SUBMIT_ROWS_MAX;
  let problem: string | null = null;
  for (let start = 0; start < sent.length; start += rowsPerRequest) {
    const chunk = sent.slice(start, start + rowsPerRequest);
    if (work.http.nowMs() > sendUntilMs) problem ??= NO_TIME_LEFT;
    const result: SendResult = problem === null ? send(work, chunk) : { ok: false, message: problem };
    if (!result.ok) problem = result.message;
    const byId = new Map(result.ok ? result.value.rows.map((row) => [row.rowId, row]) : []);
    for (const item of chunk) answers.set(item.id, answerOf(item, result, byId));
  }
  const nothing: Written = { placed: [], gone: 0 };
  const written = sent.length === 0 ? nothing : sheet.alone(() => writeBack(work, answers));
  return summarize({ tab: tab.definition.name, submitted: sent.length, written, copies, problem });
}

/** Under the lock: gives every ticked row its identity, and reads once more what will be sent. */
function prepare(work: Work): { sent: Sent[]; copies: number } {
  const found = findOrRepairTab(work.sheet, work.tab.definition);
  const all = linesOf(work, found);
  const lines = all.filter((line) => !hasLostId(line));
  const plan = planRows(lines, work.sheet.newId);
  stampRows(work, found, lines, plan);
  const copies = plan.copies.map((copy) => ({ row: copy.row, outcome: exactCopy(copy.of) }));
  const lost = all.filter(hasLostId).map(({ row }) => ({ row, outcome: LOST_ID }));
  if (copies.length + lost.length > 0) writeOutcomes(found, [...copies, ...lost]);
  if (plan.send.length === 0) return { sent: [], copies: copies.length + lost.length };
  work.sheet.flush();
  const planned = new Set(plan.send.map(({ id }) => id));
  const sent = new Map<string, TabLine>();
  for (const line of linesOf(work, found)) {
    const id = line.mark?.id ?? '';
    // A row that moved while its neighbour's id was being written says something else: it is left for the next time.
    const asPlanned = line.ticked && planned.has(id) && line.mark?.fingerprint === line.fingerprint;
    if (asPlanned && !sent.has(id)) sent.set(id, line);
  }
  const states = new Map<number, Cell>([...sent.values()].map((line) => [line.row, ROW_STATES.submitting]));
  writeColumn(found.tab, found.column('status'), states);
  return {
    sent: [...sent].map(([id, { fingerprint, cells }]) => ({ id, fingerprint, cells })),
    copies: copies.length + lost.length,
  };
}

/** It was sent and got no answer, and somebody deleted the hidden column that says under which id. */
const hasLostId = ({ ticked, mark, status }: TabLine): boolean =>
  ticked && mark === null && (status === ROW_STATES.waiting || status === ROW_STATES.submitting);

function stampRows(work: Work, found: FoundTab, lines: readonly TabLine[], plan: RowPlan): void {
  const byRow = new Map(lines.map((line) => [line.row, line]));
  const marks = new Map<number, Cell>(plan.stamp.map(({ row, mark }) => [row, writeMark(mark)]));
  writeColumn(found.tab, found.column('rowId'), marks);
  const renamed = plan.stamp.flatMap(({ row, mark }) => {
    const line = byRow.get(row);
    return line === undefined || line.mark?.id === mark.id ? [] : [{ line, mark }];
  });
  clearFilledIn(
    found,
    work.tab.definition,
    renamed.map(({ line }) => line),
  );
  const isNew = new Set(plan.stamp.filter(({ mark }) => mark.fingerprint !== NOT_SENT).map(({ row }) => row));
  writeSeenCells(
    work.sheet,
    found,
    lines.filter(({ row, ticked }) => ticked && isNew.has(row)),
  );
}

const linesOf = ({ http, tab, onlyWaiting }: Work, found: FoundTab): TabLine[] =>
  readLines(found, tab.definition, { digest: http.sha256Hex, onlyWaiting });

type SendResult =
  | { readonly ok: true; readonly value: { readonly rows: readonly RowAnswer[] } }
  | { readonly ok: false; readonly message: string };

function send({ http, connection, tab }: Work, rows: readonly Sent[]): SendResult {
  return callServer(http, connection, {
    method: 'post',
    path: `/api/rows/${tab.id}`,
    body: { rows: rows.map(toRequestRow) },
    answer: submitRowsAnswer,
  });
}

function toRequestRow({ id, cells }: Sent): SubmittedRow {
  const filled = Object.entries(cells).map(([key, cell]) => [key, cell === '' ? null : cell]);
  return { rowId: id, cells: Object.fromEntries(filled) };
}

function answerOf(sent: Sent, result: SendResult, answers: ReadonlyMap<string, RowAnswer>): Answered {
  const { fingerprint } = sent;
  const waiting = (message: string): Answered => ({
    outcome: { state: 'waiting', message, field: null, fingerprint },
    writes: {},
  });
  if (!result.ok) return waiting(result.message);
  const answer = answers.get(sent.id);
  if (answer === undefined) {
    return waiting('The server did not answer this row. Submit it again: nothing is done twice.');
  }
  const { status, message, field, writes } = answer;
  return { outcome: { state: status, message, field, fingerprint }, writes };
}

/** Under the lock: looks up where each row is now, by its id, before anything is written. */
function writeBack(work: Work, answers: ReadonlyMap<string, Answered>): Written {
  const found = findOrRepairTab(work.sheet, work.tab.definition);
  const lines = new Map<string, TabLine>();
  for (const line of linesOf({ ...work, onlyWaiting: false }, found)) {
    const id = line.mark?.id ?? '';
    const answer = answers.get(id);
    const rival = lines.get(id);
    // Of a row and its copy, the answer belongs to the one that still says what was sent.
    const better = rival === undefined || rival.fingerprint !== answer?.outcome.fingerprint;
    if (answer !== undefined && better) lines.set(id, line);
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
    placed.push({ row: line.row, outcome: unchanged ? outcome : changedMeanwhile(outcome) });
    toFill.push({ line, writes, unchanged });
  }
  writeFilledIn(found, work.tab.definition, toFill, work.http.sha256Hex);
  writeOutcomes(found, placed);
  return { placed, gone: answers.size - placed.length - overtaken };
}

/** Another editor's answer to the same row came first and says more: the row must not seem undone, or fall back a step. */
function isOvertaken(line: TabLine, { outcome, writes }: Answered): boolean {
  if (outcome.state === 'waiting') return line.status !== ROW_STATES.submitting;
  return line.step > Number(writes[STEP_KEY] ?? line.step);
}

function changedMeanwhile(outcome: RowOutcome): RowOutcome {
  if (outcome.state === 'applied') {
    const message = `Changed after it was applied: make a new row. What was applied: ${outcome.message}`;
    return { ...outcome, state: 'conflict', message };
  }
  if (outcome.state !== 'error') return outcome;
  const message = 'Changed while it was being submitted, and nothing was done. Submit it again.';
  return { ...outcome, state: 'waiting', message, field: null };
}

const LOST_ID: RowOutcome = {
  state: 'error',
  message:
    'This row was sent before, and its hidden id was deleted: it may have been applied. Look for it in the Ledger tab; if it is not there, submit it again.',
  field: null,
  fingerprint: '',
};

const exactCopy = (of: number): RowOutcome => ({
  state: 'copy',
  message: `This is an exact copy of row ${of} and was not applied again. To apply it again, write something else in its note.`,
  field: null,
  fingerprint: '',
});
