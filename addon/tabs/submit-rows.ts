// Submits the ticked rows of a tab that people write in, and writes each answer back to the row that asked.

import type { PeopleTab } from '../../shared/tabs/people-tabs.ts';
import type { Connection } from '../client.ts';
import type { Cell, HttpPort, SheetPort } from '../ports.ts';
import { type Placed, type RowOutcome, writeOutcomes } from './answers.ts';
import { writeOwnColumn } from './cells.ts';
import { type FoundTab, findOrRepairTab } from './find-columns.ts';
import { mergesOfRows, rowsOfMergedTicks, unmergeRows, WAS_MERGED } from './merged-cells.ts';
import { NOT_SENT, planRows, type RowPlan, writeMark } from './row-identity.ts';
import { ROW_STATES } from './row-states.ts';
import { clearFilledIn, withoutFilledIn } from './row-writes.ts';
import { readLines, type TabLine } from './rows.ts';
import { isOthers, type Sender, sealOf, turnOf, UNFIT } from './rows-waiting.ts';
import { SEEN_KEY, writeSeenCells } from './seen-cells.ts';
import { type Sent, type SubmitWork, sendAll } from './submit-parts.ts';
import { type SubmitSummary, summarize } from './submit-summary.ts';

export type SubmitServices = {
  readonly sheet: SheetPort;
  readonly http: HttpPort;
  readonly connection: Connection;
  readonly sender: Sender;
};

export type SubmitOptions = {
  /** Only rows that the sender submitted before and that got no answer. */
  readonly onlyWaiting?: boolean;
  /** Nothing is sent after this time: what is left waits for the next run. */
  readonly sendUntilMs?: number;
};

/**
 * Google ends a script after six minutes, wherever it is. A request may take one, and the last answers have to be written:
 * whoever begins to send later than this may not get to the end.
 */
const SENDING_MAX_MS = 210_000;

/** Counted from the beginning of the script. */
export const sendUntil = ({ nowMs }: HttpPort): number => nowMs() + SENDING_MAX_MS;

export function submitTickedRows(
  services: SubmitServices,
  tab: PeopleTab,
  options: SubmitOptions = {},
): SubmitSummary {
  const { sheet, http } = services;
  const { onlyWaiting = false, sendUntilMs = sendUntil(http) } = options;
  const digest = rememberAnswers(http.sha256Hex);
  const sender = { ...services.sender, seal: rememberAnswers(services.sender.seal) };
  const work: SubmitWork = { ...services, sender, tab, onlyWaiting, sendUntilMs, digest };
  const { sent, refused, left } = sheet.alone(() => prepare(work));
  const { written, problem } = sendAll(work, sent);
  return summarize({ tab: tab.definition.name, submitted: sent.length, written, refused, left, problem });
}

/** A row is looked at several times while it is submitted, and each digest is a call to Google. */
function rememberAnswers(digest: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const made = known.get(text) ?? digest(text);
    known.set(text, made);
    return made;
  };
}

type Prepared = {
  readonly sent: readonly Sent[];
  readonly refused: readonly number[];
  /** For whom each row waits that was left alone. */
  readonly left: readonly string[];
};

/** Under the lock: gives every ticked row its identity, and reads once more what will be sent. */
function prepare(work: SubmitWork): Prepared {
  const found = findOrRepairTab(work.sheet, work.tab.definition);
  const { lines, unfit, left } = readRows(work, found);
  const plan = planRows(lines, work.sheet.newId);
  stampRows(work, found, lines, plan);
  const copies = plan.copies.map((copy) => ({ row: copy.row, outcome: exactCopy(copy.of) }));
  if (unfit.length + copies.length > 0) writeOutcomes(found, [...unfit, ...copies]);
  const refused = [...unfit, ...copies].map(({ row }) => row);
  if (plan.send.length === 0) return { sent: [], refused, left };
  work.sheet.flush();
  const saidAt = new Map(lines.map(({ row, fingerprint }) => [row, fingerprint]));
  const planned = new Map(plan.send.map(({ row, id }) => [id, saidAt.get(row)]));
  const not = new Set(unfit.map(({ row }) => row));
  const sent = new Map<string, TabLine>();
  for (const line of linesOf(work, found)) {
    const id = line.mark?.id ?? '';
    // A row that moved while its neighbour's id was being written says something else: it is left for the next time.
    const asPlanned = line.ticked && planned.get(id) === line.fingerprint;
    const isTurn = asPlanned && turnOf(work.tab.id, line, work.sender, work.onlyWaiting) === 'send';
    if (isTurn && !sent.has(id) && !not.has(line.row)) sent.set(id, line);
  }
  const states = new Map<number, Cell>([...sent.values()].map((line) => [line.row, ROW_STATES.submitting]));
  writeOwnColumn(found.tab, found.column('status'), states);
  return {
    sent: [...sent].map(([id, { fingerprint, cells }]) => ({ id, fingerprint, cells })),
    refused,
    left,
  };
}

type RowsToGoOnWith = Pick<Prepared, 'left'> & {
  readonly lines: readonly TabLine[];
  /** Ticked ones that a person must look at first. */
  readonly unfit: readonly Placed[];
};

function readRows(work: SubmitWork, found: FoundTab): RowsToGoOnWith {
  const { tab, sender, onlyWaiting } = work;
  const merges = mergesOfRows(found);
  const all = linesOf(work, found, rowsOfMergedTicks(merges, found.column('submit')));
  const asked = all.filter((line) => line.ticked);
  const turns = new Map(asked.map((line) => [line.row, turnOf(tab.id, line, sender, onlyWaiting)]));
  const others = asked.filter(({ row }) => turns.get(row) === 'leave');
  const mine = asked.filter(({ row }) => turns.get(row) !== 'leave');
  const merged = unmergeRows(found.tab, merges, new Set(mine.map(({ row }) => row)));
  const unfit = mine.flatMap(({ row }): Placed[] => {
    const turn = turns.get(row);
    if (merged.has(row)) return [{ row, outcome: WAS_MERGED }];
    return turn === 'lost' || turn === 'changed' ? [{ row, outcome: UNFIT[turn] }] : [];
  });
  const not = new Set(unfit.map(({ row }) => row));
  const leave = new Set(others.map(({ row }) => row));
  return {
    lines: all
      .filter(({ row }) => !not.has(row))
      .map((line) => (leave.has(line.row) ? { ...line, ticked: false } : line)),
    unfit,
    left: others.flatMap(({ mark }) => (mark !== null && isOthers(mark, sender) ? [mark.sentBy.person] : [])),
  };
}

function stampRows(work: SubmitWork, found: FoundTab, lines: readonly TabLine[], plan: RowPlan): void {
  const { definition, id: tabId } = work.tab;
  const stamps = new Map(plan.stamp.map(({ row, mark }) => [row, mark]));
  const isRenamed = ({ row, mark }: TabLine) => stamps.has(row) && stamps.get(row)?.id !== mark?.id;
  const isNews = ({ row, ticked }: TabLine) =>
    ticked && stamps.has(row) && stamps.get(row)?.fingerprint !== NOT_SENT;
  clearFilledIn(found, definition, lines.filter(isRenamed));
  const seen = writeSeenCells(work.sheet, found, lines.filter(isNews));
  const marks = new Map<number, Cell>(plan.stamp.map(({ row, mark }) => [row, writeMark(mark)]));
  const ids = new Map(plan.send.map(({ row, id }) => [row, id]));
  for (const line of lines) {
    const id = ids.get(line.row);
    if (id === undefined) continue;
    const noted = seen.get(line.row);
    const cells = isRenamed(line) ? withoutFilledIn(definition, line.cells) : line.cells;
    // The order of the keys is part of what is sealed.
    const toSend = noted === undefined ? cells : { ...cells, [SEEN_KEY]: noted };
    const { fingerprint } = line;
    marks.set(line.row, writeMark({ id, fingerprint, sentBy: sealOf(tabId, id, toSend, work.sender) }));
  }
  writeOwnColumn(found.tab, found.column('rowId'), marks);
}

const linesOf = (
  { tab, digest, onlyWaiting }: SubmitWork,
  found: FoundTab,
  tickOf: ReadonlyMap<number, number> = new Map(),
): TabLine[] => readLines(found, tab.definition, { digest, onlyWaiting, tickOf });

const exactCopy = (of: number): RowOutcome => ({
  state: 'copy',
  message: `This is an exact copy of row ${of} and was not applied again. To apply it again, write something else in its note.`,
  field: null,
  fingerprint: '',
});
