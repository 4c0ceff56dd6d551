// Submits the ticked rows of the Adjustments tab and writes each answer back to the row that asked.

import {
  type AdjustmentRow,
  type RowAnswer,
  SUBMIT_ROWS_MAX,
  submitAdjustmentsAnswer,
} from '../../shared/api/adjustments.ts';
import { ADJUSTMENTS_TAB } from '../../shared/tabs/adjustments.ts';
import { type Connection, callServer } from '../client.ts';
import type { Cell, HttpPort, SheetPort } from '../ports.ts';
import { ADJUSTMENT_FIELDS, type AdjustmentLine, readAdjustmentLines } from './adjustment-rows.ts';
import { type Placed, ROW_STATES, type RowOutcome, writeOutcomes } from './answers.ts';
import { writeColumn } from './cells.ts';
import { type FoundTab, findOrRepairTab } from './find-columns.ts';
import { NOT_SENT, planRows, writeMark } from './row-identity.ts';
import { readSeenNumbers, type SeenNumbers } from './seen-numbers.ts';

export const SUBMIT_PATH = '/api/adjustments';

export type SubmitServices = {
  readonly sheet: SheetPort;
  readonly http: HttpPort;
  readonly connection: Connection;
};

export type SubmitSummary = {
  readonly submitted: number;
  readonly applied: number;
  /** Rows that the person must look at. */
  readonly refused: number;
  /** Rows that got no answer and wait, ticked, for the next time. */
  readonly waiting: number;
  /** Answers whose row was deleted meanwhile. */
  readonly gone: number;
  readonly firstRefusedRow: number | null;
  /** Why rows wait, in a sentence. */
  readonly problem: string | null;
};

type Written = { readonly placed: readonly Placed[]; readonly gone: number };

/** What was sent under an id. */
type Sent = { readonly id: string; readonly fingerprint: string; readonly cells: AdjustmentLine['cells'] };

export function submitTickedAdjustments(services: SubmitServices): SubmitSummary {
  const { sheet } = services;
  const { sent, copies } = sheet.alone(() => prepare(services));
  const outcomes = new Map<string, RowOutcome>();
  let problem: string | null = null;
  for (let start = 0; start < sent.length; start += SUBMIT_ROWS_MAX) {
    const chunk = sent.slice(start, start + SUBMIT_ROWS_MAX);
    const result: SendResult = problem === null ? send(services, chunk) : { ok: false, message: problem };
    if (!result.ok) problem = result.message;
    for (const item of chunk) outcomes.set(item.id, outcomeOf(item, result));
  }
  const nothing: Written = { placed: [], gone: 0 };
  const written = sent.length === 0 ? nothing : sheet.alone(() => writeBack(services, outcomes));
  return summarize(sent.length, written, copies, problem);
}

/** Under the lock: gives every ticked row its identity, and reads once more what will be sent. */
function prepare(services: SubmitServices): { sent: Sent[]; copies: number } {
  const found = findOrRepairTab(services.sheet, ADJUSTMENTS_TAB);
  const lines = readLines(services, found);
  const plan = planRows(lines, services.sheet.newId);
  const marks = new Map<number, Cell>(plan.stamp.map(({ row, mark }) => [row, writeMark(mark)]));
  writeColumn(found.tab, found.column('rowId'), marks);
  writeSeen(services, found, lines, marks);
  const newcomers = plan.stamp.filter(({ mark }) => mark.fingerprint === NOT_SENT).map(({ row }) => row);
  for (const key of ['status', 'message']) {
    writeColumn(found.tab, found.column(key), new Map(newcomers.map((row) => [row, ''])));
  }
  for (const copy of plan.copies) {
    writeOutcomes(found, [{ row: copy.row, outcome: exactCopy(copy.of) }]);
  }
  if (plan.send.length === 0) return { sent: [], copies: plan.copies.length };
  services.sheet.flush();
  const planned = new Set(plan.send.map(({ id }) => id));
  const sent = new Map<string, AdjustmentLine>();
  for (const line of readLines(services, found)) {
    const id = line.mark?.id ?? '';
    // A row that moved while its neighbour's id was being written says something else: it is left for the next time.
    const asPlanned = line.ticked && planned.has(id) && line.mark?.fingerprint === line.fingerprint;
    if (asPlanned && !sent.has(id)) sent.set(id, line);
  }
  const states = new Map<number, Cell>([...sent.values()].map((line) => [line.row, ROW_STATES.submitting]));
  writeColumn(found.tab, found.column('status'), states);
  return {
    sent: [...sent].map(([id, { fingerprint, cells }]) => ({ id, fingerprint, cells })),
    copies: plan.copies.length,
  };
}

/** A row that says something new notes the number that its "set" replaces; an unchanged row keeps what it noted. */
function writeSeen(
  { sheet }: SubmitServices,
  found: FoundTab,
  lines: readonly AdjustmentLine[],
  marks: ReadonlyMap<number, Cell>,
): void {
  const news = lines.filter((line) => line.ticked && marks.has(line.row));
  const isSet = ({ cells }: AdjustmentLine) => String(cells.action).trim().toLowerCase() === 'set';
  const seenOf: SeenNumbers = news.some(isSet) ? readSeenNumbers(sheet) : () => null;
  const seen = news
    .map((line) => {
      const { sku, warehouse } = line.cells;
      return { line, number: isSet(line) ? seenOf(String(sku), String(warehouse)) : null };
    })
    .filter(({ line, number }) => number !== null || line.cells.seen !== '');
  writeColumn(
    found.tab,
    found.column('seen'),
    new Map(seen.map(({ line, number }) => [line.row, number ?? ''])),
  );
}

function readLines(services: SubmitServices, found: FoundTab): AdjustmentLine[] {
  return readAdjustmentLines(found, services.http.sha256Hex);
}

type SendResult =
  | { readonly ok: true; readonly value: { readonly rows: readonly RowAnswer[] } }
  | { readonly ok: false; readonly message: string };

function send({ http, connection }: SubmitServices, rows: readonly Sent[]): SendResult {
  return callServer(http, connection, {
    method: 'post',
    path: SUBMIT_PATH,
    body: { rows: rows.map(toRequestRow) },
    answer: submitAdjustmentsAnswer,
  });
}

function toRequestRow({ id, cells }: Sent): AdjustmentRow {
  const filled = ADJUSTMENT_FIELDS.map((field) => [field, cells[field] === '' ? null : cells[field]]);
  return { rowId: id, ...Object.fromEntries(filled) };
}

function outcomeOf(sent: Sent, result: SendResult): RowOutcome {
  const { fingerprint } = sent;
  if (!result.ok) return { state: 'waiting', message: result.message, field: null, fingerprint };
  const answer = result.value.rows.find((row) => row.rowId === sent.id);
  if (answer === undefined) {
    const message = 'The server did not answer this row. Submit it again: nothing is done twice.';
    return { state: 'waiting', message, field: null, fingerprint };
  }
  return { state: answer.status, message: answer.message, field: answer.field, fingerprint };
}

/** Under the lock: looks up where each row is now, by its id, before anything is written. */
function writeBack(services: SubmitServices, outcomes: ReadonlyMap<string, RowOutcome>): Written {
  const found = findOrRepairTab(services.sheet, ADJUSTMENTS_TAB);
  const lines = new Map<string, AdjustmentLine>();
  for (const line of readLines(services, found)) {
    const id = line.mark?.id ?? '';
    const outcome = outcomes.get(id);
    const rival = lines.get(id);
    // Of a row and its copy, the answer belongs to the one that still says what was sent.
    const better = rival === undefined || rival.fingerprint !== outcome?.fingerprint;
    if (outcome !== undefined && better) lines.set(id, line);
  }
  const placed = [...lines].flatMap(([id, line]) => {
    const outcome = outcomes.get(id);
    if (outcome === undefined) return [];
    const unchanged = line.fingerprint === outcome.fingerprint;
    return [{ row: line.row, outcome: unchanged ? outcome : changedMeanwhile(outcome) }];
  });
  writeOutcomes(found, placed);
  return { placed, gone: outcomes.size - placed.length };
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

const exactCopy = (of: number): RowOutcome => ({
  state: 'copy',
  message: `This is an exact copy of row ${of} and was not applied again. To apply it again, write something else in its note.`,
  field: null,
  fingerprint: '',
});

function summarize(
  submitted: number,
  { placed, gone }: Written,
  copies: number,
  problem: string | null,
): SubmitSummary {
  const inState = (...states: RowOutcome['state'][]) =>
    placed.filter(({ outcome }) => states.includes(outcome.state));
  const refused = inState('error', 'conflict');
  return {
    submitted,
    applied: inState('applied').length,
    refused: refused.length + copies,
    waiting: inState('waiting').length,
    gone,
    firstRefusedRow: refused.length === 0 ? null : Math.min(...refused.map(({ row }) => row)),
    problem,
  };
}
