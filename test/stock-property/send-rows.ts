// Submits rows of a tab once, twice, twice at once or with the first answer lost, and compares the answers with the model's.

import { expect } from '@jest/globals';
import { documentOf } from '../../server/documents/submit-rows.ts';
import type { RowAnswer, SubmittedRow } from '../../shared/api/rows.ts';
import { pick, type Sending, type Sent, type StockLife } from './life.ts';
import type { StockWorld } from './world.ts';

async function submit(world: StockWorld, { tab, rows }: Sent): Promise<readonly RowAnswer[]> {
  const document = documentOf(tab);
  if (document === null) throw new Error(`There is no tab ${tab}.`);
  return (await document(world.db, structuredClone(rows) as SubmittedRow[], world.stamp())).answers;
}

/**
 * Submits rows as told. `attempt` does the nth row in the model and says whether it was taken. Rows that were refused may be
 * taken the second time; those that were taken must be answered the same and do nothing.
 */
export async function send(
  life: StockLife,
  sent: Sent,
  sending: Sending,
  attempt: (index: number) => boolean,
): Promise<readonly RowAnswer[]> {
  const { world } = life;
  life.counter.commands += sent.rows.length;
  const ask = () => submit(world, sent);
  const answers = sending === 'twice at once' ? await Promise.all([ask(), ask()]) : [await ask()];
  if (sending === 'twice' || sending === 'answer lost') answers.push(await ask());
  // Which of two that are sent at once comes first is not known.
  answers.sort((a, b) => takenOf(a).length - takenOf(b).length);
  const first = sent.rows.map((_, index) => attempt(index));
  const second = answers.length === 1 ? first : first.map((taken, index) => taken || attempt(index));
  const said = answers.map((each) => each.map(({ status }) => status === 'applied'));
  expect({ sent, said }).toEqual({ sent, said: answers.length === 1 ? [first] : [first, second] });
  const [before = [], last = before] = answers;
  expect(last.filter((_, index) => first[index])).toEqual(before.filter((_, index) => first[index]));
  const taken = sent.rows.filter((_, index) => second[index]);
  if (taken.length > 0) life.sent.push({ ...sent, rows: taken });
  return last;
}

const takenOf = (answers: readonly RowAnswer[]) => answers.filter(({ status }) => status === 'applied');

/** Rows that were taken come once more, some with another quantity: nothing may come of them. */
export async function resend(
  { world, sent, counter }: StockLife,
  nth: number,
  isEdited: boolean,
): Promise<boolean> {
  const old = pick(sent, nth);
  if (old === undefined) return false;
  counter.commands += old.rows.length;
  const rows = old.rows.map(({ rowId, cells }) => ({
    rowId,
    cells: isEdited ? { ...cells, note: 'edited', units: 3, keepBack: 9 } : cells,
  }));
  const answers = await submit(world, { ...old, rows });
  const statuses = new Set(answers.map(({ status }) => status));
  expect([old, statuses.has('error')]).toEqual([old, false]);
  if (isEdited) expect([old, [...statuses]]).toEqual([old, ['conflict']]);
  return false;
}
