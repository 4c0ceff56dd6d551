// Does what rows ask for exactly once: the first to claim a key does it, and every repeat gets the kept answer.

import { sql } from 'kysely';
import type { RowAnswer } from '../../shared/api/rows.ts';
import type { Database, Tx } from '../database/database.ts';
import type { Stamp } from '../ledger/moves.ts';
import { refused } from './row-outcome.ts';

export type RowCommand = {
  readonly rowId: string;
  /** The tab, the row and its step: one command. */
  readonly key: string;
  /** Of what people wrote in the row. */
  readonly bodyHash: string;
};

export const adjustmentKey = (rowId: string): string => `adjustment:${rowId}`;
export const stockTakeKey = (rowId: string): string => `stock-take:${rowId}`;

export type CommandWork<Item extends RowCommand> = {
  /** Answers every item. What is not applied may be mended and sent again under its key. */
  readonly apply: (fresh: readonly Item[]) => Promise<ReadonlyMap<Item, RowAnswer>>;
  /** For items that were done before with other content. */
  readonly conflict: (items: readonly Item[]) => Promise<(item: Item) => RowAnswer>;
};

export async function answerOnce<Item extends RowCommand>(
  tx: Tx,
  items: readonly Item[],
  stamp: Stamp,
  work: CommandWork<Item>,
): Promise<ReadonlyMap<Item, RowAnswer>> {
  const fresh = await claim(tx, items, stamp);
  const answers = new Map(await work.apply(fresh));
  await keep(tx, fresh, answers);
  const repeats = items.filter((item) => !answers.has(item));
  for (const [item, answer] of await answerRepeats(tx, repeats, work)) answers.set(item, answer);
  return answers;
}

/** Keys among these that were applied before. */
export async function appliedKeys(db: Database, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await sql<{ key: string }>`
    select key from commands where key = any(${keys}::text[])`.execute(db);
  return new Set(rows.map(({ key }) => key));
}

// The first to insert a key owns it; a second submission of the same row waits here until the first has committed.
async function claim<Item extends RowCommand>(
  tx: Tx,
  items: readonly Item[],
  stamp: Stamp,
): Promise<readonly Item[]> {
  // Reversed: of two rows with one id the first counts.
  const first = new Map(items.toReversed().map((item) => [item.key, item]));
  const sorted = [...first.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const { rows } = await sql<{ key: string }>`
    insert into commands (key, body_hash, answer, actor, at)
    select new.*, 'null'::jsonb, ${stamp.actor}, ${stamp.at}::timestamptz
    from unnest(${sorted.map(({ key }) => key)}::text[], ${sorted.map(({ bodyHash }) => bodyHash)}::text[]) as new
    on conflict (key) do nothing returning key`.execute(tx);
  const keys = new Set(rows.map(({ key }) => key));
  return items.filter((item) => keys.has(item.key) && first.get(item.key) === item);
}

async function keep<Item extends RowCommand>(
  tx: Tx,
  fresh: readonly Item[],
  answers: ReadonlyMap<Item, RowAnswer>,
): Promise<void> {
  const done = fresh.filter((item) => answers.get(item)?.status === 'applied');
  const undone = fresh.filter((item) => answers.get(item)?.status !== 'applied').map(({ key }) => key);
  await sql`delete from commands where key = any(${undone}::text[])`.execute(tx);
  await replaceAnswers(tx, new Map(done.map((item) => [item.key, answers.get(item)])));
}

/** What repeats of these commands are told from now on. */
export async function replaceAnswers(
  tx: Tx,
  answers: ReadonlyMap<string, RowAnswer | undefined>,
): Promise<void> {
  if (answers.size === 0) return;
  await sql`
    update commands set answer = new.answer::jsonb
    from unnest(${[...answers.keys()]}::text[],
      ${[...answers.values()].map((answer) => JSON.stringify(answer))}::text[]) as new (key, answer)
    where commands.key = new.key`.execute(tx);
}

async function answerRepeats<Item extends RowCommand>(
  tx: Tx,
  repeats: readonly Item[],
  work: CommandWork<Item>,
): Promise<readonly (readonly [Item, RowAnswer])[]> {
  if (repeats.length === 0) return [];
  const keys = repeats.map(({ key }) => key);
  const stored = await tx
    .selectFrom('commands')
    .select(['key', 'body_hash', 'answer'])
    .where('key', '=', sql<string>`any(${keys}::text[])`)
    .execute();
  const byKey = new Map(stored.map((command) => [command.key, command]));
  const changed = repeats.filter((item) => isOther(byKey.get(item.key)?.body_hash, item));
  const conflict = changed.length === 0 ? null : await work.conflict(changed);
  return repeats.map((item) => {
    const command = byKey.get(item.key);
    if (command === undefined) {
      const sentence = 'The same row stands above with a mistake. Mend that one.';
      return [item, refused(item.rowId, null, sentence)] as const;
    }
    const isRepeat = command.body_hash === item.bodyHash || conflict === null;
    return [item, isRepeat ? (command.answer as RowAnswer) : conflict(item)] as const;
  });
}

const isOther = (hash: string | undefined, item: RowCommand): boolean =>
  hash !== undefined && hash !== item.bodyHash;
