// Submits the ticked rows of a tab that people write in, and writes each answer back to the row that asked.

import {
  type RowAnswer,
  SUBMIT_ROWS_MAX,
  type SubmittedRow,
  submitRowsAnswer,
} from '../../shared/api/rows.ts';
import type { PeopleTab } from '../../shared/tabs/people-tabs.ts';
import { type Connection, callServer } from '../client.ts';
import type { Cell, HttpPort, SheetPort } from '../ports.ts';
import { type Placed, type RowOutcome, writeOutcomes } from './answers.ts';
import { writeOwnColumn } from './cells.ts';
import { type FoundTab, findOrRepairTab } from './find-columns.ts';
import { mergesOfRows, rowsOfMergedTicks, unmergeRows, WAS_MERGED } from './merged-cells.ts';
import { NOT_SENT, planRows, type RowPlan, writeMark } from './row-identity.ts';
import { ROW_STATES } from './row-states.ts';
import { clearFilledIn } from './row-writes.ts';
import { readLines, type TabLine } from './rows.ts';
import { writeSeenCells } from './seen-cells.ts';
import { type SubmitSummary, summarize, type Written } from './submit-summary.ts';
import { type Answered, writeBack } from './write-back.ts';

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

type Work = SubmitServices & {
  readonly tab: PeopleTab;
  readonly onlyWaiting: boolean;
  readonly sendUntilMs: number;
  readonly digest: (text: string) => string;
};

/**
 * Google ends a script after six minutes, wherever it is. A request may take one, and the last answers have to be written:
 * whoever begins to send later than this may not get to the end.
 */
const SENDING_MAX_MS = 210_000;
/** So often answers are written while more are asked for: a script that Google ends all the same has lost no more than these. */
const WRITE_BACK_EVERY_MS = 60_000;
const NO_TIME_LEFT =
  'Google stops a script after six minutes, and there was no time left. Submit again to go on; the sheet also goes on by itself.';

/** Counted from the beginning of the script. */
export const sendUntil = ({ nowMs }: HttpPort): number => nowMs() + SENDING_MAX_MS;

/** What was sent under an id. */
type Sent = { readonly id: string; readonly fingerprint: string; readonly cells: TabLine['cells'] };

export function submitTickedRows(
  services: SubmitServices,
  tab: PeopleTab,
  options: SubmitOptions = {},
): SubmitSummary {
  const { sheet, http } = services;
  const { onlyWaiting = false, sendUntilMs = sendUntil(http) } = options;
  const work: Work = { ...services, tab, onlyWaiting, sendUntilMs, digest: rememberDigests(http.sha256Hex) };
  const { sent, refused } = sheet.alone(() => prepare(work));
  const { written, problem } = sendAll(work, sent);
  return summarize({ tab: tab.definition.name, submitted: sent.length, written, refused, problem });
}

/** A row is looked at several times while it is submitted, and each digest is a call to Google. */
function rememberDigests(digest: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const made = known.get(text) ?? digest(text);
    known.set(text, made);
    return made;
  };
}

/** Sends part by part, and writes the answers so far into the sheet every now and then. */
function sendAll(work: Work, sent: readonly Sent[]): { written: Written; problem: string | null } {
  const rowsPerRequest = work.tab.rowsPerRequest ?? SUBMIT_ROWS_MAX;
  let answers = new Map<string, Answered>();
  let written: Written = { placed: [], gone: 0 };
  let writtenMs = work.http.nowMs();
  let problem: string | null = null;
  for (let start = 0; start < sent.length; start += rowsPerRequest) {
    const part = sent.slice(start, start + rowsPerRequest);
    if (work.http.nowMs() > work.sendUntilMs) problem ??= NO_TIME_LEFT;
    const result: SendResult = problem === null ? send(work, part) : { ok: false, message: problem };
    if (!result.ok) problem = result.message;
    const byId = new Map(result.ok ? result.value.rows.map((row) => [row.rowId, row]) : []);
    for (const item of part) answers.set(item.id, answerOf(item, result, byId));
    const isLast = start + rowsPerRequest >= sent.length;
    const isDue = problem === null && work.http.nowMs() - writtenMs >= WRITE_BACK_EVERY_MS;
    if (!isLast && !isDue) continue;
    const more = work.sheet.alone(() => writeBack(work, answers));
    written = { placed: [...written.placed, ...more.placed], gone: written.gone + more.gone };
    answers = new Map();
    writtenMs = work.http.nowMs();
  }
  return { written, problem };
}

/** Under the lock: gives every ticked row its identity, and reads once more what will be sent. */
function prepare(work: Work): { sent: Sent[]; refused: number[] } {
  const found = findOrRepairTab(work.sheet, work.tab.definition);
  const { lines, unfit } = readRows(work, found);
  const plan = planRows(lines, work.sheet.newId);
  stampRows(work, found, lines, plan);
  const copies = plan.copies.map((copy) => ({ row: copy.row, outcome: exactCopy(copy.of) }));
  if (unfit.length + copies.length > 0) writeOutcomes(found, [...unfit, ...copies]);
  const refused = [...unfit, ...copies].map(({ row }) => row);
  if (plan.send.length === 0) return { sent: [], refused };
  work.sheet.flush();
  const planned = new Set(plan.send.map(({ id }) => id));
  const not = new Set(unfit.map(({ row }) => row));
  const sent = new Map<string, TabLine>();
  for (const line of linesOf(work, found)) {
    const id = line.mark?.id ?? '';
    // A row that moved while its neighbour's id was being written says something else: it is left for the next time.
    const asPlanned = line.ticked && planned.has(id) && line.mark?.fingerprint === line.fingerprint;
    if (asPlanned && !sent.has(id) && !not.has(line.row)) sent.set(id, line);
  }
  const states = new Map<number, Cell>([...sent.values()].map((line) => [line.row, ROW_STATES.submitting]));
  writeOwnColumn(found.tab, found.column('status'), states);
  return {
    sent: [...sent].map(([id, { fingerprint, cells }]) => ({ id, fingerprint, cells })),
    refused,
  };
}

/** The rows to go on with, and the ticked ones that a person must look at first. */
function readRows(work: Work, found: FoundTab): { lines: readonly TabLine[]; unfit: readonly Placed[] } {
  const merges = mergesOfRows(found);
  const all = linesOf(work, found, rowsOfMergedTicks(merges, found.column('submit')));
  const ticked = all.filter((line) => line.ticked);
  const merged = unmergeRows(found.tab, merges, new Set(ticked.map(({ row }) => row)));
  const unfit = ticked.flatMap((line): Placed[] => {
    if (merged.has(line.row)) return [{ row: line.row, outcome: WAS_MERGED }];
    return hasLostId(line) ? [{ row: line.row, outcome: LOST_ID }] : [];
  });
  const not = new Set(unfit.map(({ row }) => row));
  return { lines: all.filter(({ row }) => !not.has(row)), unfit };
}

/** It was sent and got no answer, and somebody deleted the hidden column that says under which id. */
const hasLostId = ({ mark, status }: TabLine): boolean =>
  mark === null && (status === ROW_STATES.waiting || status === ROW_STATES.submitting);

function stampRows(work: Work, found: FoundTab, lines: readonly TabLine[], plan: RowPlan): void {
  const byRow = new Map(lines.map((line) => [line.row, line]));
  const marks = new Map<number, Cell>(plan.stamp.map(({ row, mark }) => [row, writeMark(mark)]));
  writeOwnColumn(found.tab, found.column('rowId'), marks);
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

const linesOf = (
  { tab, digest, onlyWaiting }: Work,
  found: FoundTab,
  tickOf: ReadonlyMap<number, number> = new Map(),
): TabLine[] => readLines(found, tab.definition, { digest, onlyWaiting, tickOf });

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
