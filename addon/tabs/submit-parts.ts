// Sends rows to the server part by part, and writes each answer back into the sheet.

import {
  type RowAnswer,
  SUBMIT_ROWS_MAX,
  type SubmittedRow,
  submitRowsAnswer,
} from '../../shared/api/rows.ts';
import type { PeopleTab } from '../../shared/tabs/people-tabs.ts';
import { type CallResult, type Connection, callServer, type Failure } from '../client.ts';
import type { HttpPort, SheetPort } from '../ports.ts';
import type { TabLine } from './rows.ts';
import { type Sender, whatFollows } from './rows-waiting.ts';
import type { Written } from './submit-summary.ts';
import { type Answered, writeBack } from './write-back.ts';

export type SubmitWork = {
  readonly sheet: SheetPort;
  readonly http: HttpPort;
  readonly connection: Connection;
  readonly sender: Sender;
  readonly tab: PeopleTab;
  readonly onlyWaiting: boolean;
  readonly sendUntilMs: number;
  readonly digest: (text: string) => string;
};

/** What was sent under an id. */
export type Sent = { readonly id: string; readonly fingerprint: string; readonly cells: TabLine['cells'] };

/** So often answers are written while more are asked for: a script that Google ends all the same has lost no more than these. */
const WRITE_BACK_EVERY_MS = 60_000;
const NO_TIME_LEFT: Failure = {
  ok: false,
  message: 'Google stops a script after six minutes, and there was no time left. Submit again to go on.',
  maybeDone: false,
  needsPerson: false,
};
const NO_ANSWER: Failure = {
  ok: false,
  message: 'The server did not answer this row. Submit it again: nothing is done twice.',
  maybeDone: true,
  needsPerson: false,
};

/** Sends part by part, and writes the answers so far into the sheet every now and then. */
export function sendAll(
  work: SubmitWork,
  sent: readonly Sent[],
): { written: Written; problem: string | null } {
  const rowsPerRequest = work.tab.rowsPerRequest ?? SUBMIT_ROWS_MAX;
  let answers = new Map<string, Answered>();
  let written: Written = { placed: [], gone: 0 };
  let writtenMs = work.http.nowMs();
  let failure: Failure | null = null;
  for (let start = 0; start < sent.length; start += rowsPerRequest) {
    const part = sent.slice(start, start + rowsPerRequest);
    if (work.http.nowMs() > work.sendUntilMs) failure ??= NO_TIME_LEFT;
    const result: SendResult = failure ?? send(work, part);
    if (!result.ok) failure = result;
    const answerTo = result.ok
      ? answersIn(work, result.value.rows)
      : (item: Sent) => unanswered(work, result, item);
    for (const item of part) answers.set(item.id, answerTo(item));
    const isLast = start + rowsPerRequest >= sent.length;
    const isDue = failure === null && work.http.nowMs() - writtenMs >= WRITE_BACK_EVERY_MS;
    if (!isLast && !isDue) continue;
    // Should Google end this script before the end, what it has not sent yet waits for its sender already.
    if (isDue) work.sender.sendsAgain();
    const more = work.sheet.alone(() => writeBack(work, answers));
    written = { placed: [...written.placed, ...more.placed], gone: written.gone + more.gone };
    answers = new Map();
    writtenMs = work.http.nowMs();
  }
  return { written, problem: failure === null ? null : inWords(work, failure) };
}

type SendResult = CallResult<{ readonly rows: readonly RowAnswer[] }>;

function send({ http, connection, tab }: SubmitWork, rows: readonly Sent[]): SendResult {
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

function answersIn(work: SubmitWork, rows: readonly RowAnswer[]): (sent: Sent) => Answered {
  const byId = new Map(rows.map((row) => [row.rowId, row]));
  return (sent) => {
    const answer = byId.get(sent.id);
    if (answer === undefined) return unanswered(work, NO_ANSWER, sent);
    const { status, message, field, writes } = answer;
    return {
      outcome: { state: status, message, field, fingerprint: sent.fingerprint },
      writes,
      isAnswered: true,
    };
  };
}

/** What the server refuses this person would only be refused again; everything else waits for it. */
const unanswered = (work: SubmitWork, failure: Failure, { fingerprint }: Sent): Answered => ({
  outcome: {
    state: failure.needsPerson ? 'error' : 'waiting',
    message: inWords(work, failure),
    field: null,
    fingerprint,
  },
  writes: {},
  isAnswered: false,
});

const inWords = ({ sender }: SubmitWork, { message, needsPerson }: Failure): string =>
  needsPerson ? message : `${message} ${whatFollows(sender)}`;
