// What is left of what a shop allows, in words for people, and what a full push takes of it. Read from what the limiter
// remembers: nobody is asked.

import { sql } from 'kysely';
import { sizeInWords } from '../../shared/model/duration.ts';
import type { ChannelManifest, PublishedLimit, PushCost } from '../channels/manifest.ts';
import type { Database } from '../database/database.ts';
import type { StoreBudget } from '../database/schema/stores.ts';
import { type BudgetLeft, budgetLeft } from '../net/budget-left.ts';
import { EMPTY_LIMIT_STATE, type LimitState } from '../net/limit-state.ts';
import type { OpenStore, SyncContext } from './context.ts';
import { limitBucket } from './open-store.ts';

type NamedBudget = BudgetLeft & { readonly operation: string | null };

/** Every published budget of a store; the one of the store itself first. */
async function readBudgets(db: Database, store: OpenStore, now: Date): Promise<readonly NamedBudget[]> {
  const { manifest } = store.definition;
  const bucket = limitBucket(manifest, store.session.credentials, store.id);
  const limits: (readonly [operation: string | null, name: string, limit: PublishedLimit])[] = [
    [null, bucket, manifest.limits.rate],
    ...Object.entries(manifest.limits.operations ?? {}).map(
      ([operation, limit]) => [operation, `${bucket} ${operation}`, limit] as const,
    ),
  ];
  const rows = await db
    .selectFrom('limits')
    .select(['bucket', 'state'])
    .where(
      'bucket',
      'in',
      limits.map(([, name]) => name),
    )
    .execute();
  const states = new Map(rows.map((row) => [row.bucket, row.state as LimitState | null]));
  return limits.flatMap(([operation, name, limit]) => {
    const left = budgetLeft(limit, states.get(name) ?? EMPTY_LIMIT_STATE, now.getTime());
    return left === null ? [] : [{ ...left, operation }];
  });
}

/** The scarcest: one of a day where there are any, for only these can be used up for long. */
export async function readBudget(db: Database, store: OpenStore, now: Date): Promise<StoreBudget | null> {
  const budgets = await readBudgets(db, store, now);
  const daily = budgets.filter(({ per }) => per === 'day');
  const [scarcest] = [...(daily.length > 0 ? daily : budgets)].sort((a, b) => a.left / a.of - b.left / b.of);
  if (scarcest === undefined) return null;
  const { left, of, per, resetsAtMs } = scarcest;
  const resetsAt = resetsAtMs === null ? null : new Date(resetsAtMs).toISOString();
  return { left, of, per, resetsAt, words: wordsFor(scarcest) };
}

/** Kept with the store, for the sheet and the sidebar. */
export async function rememberBudget(context: SyncContext, store: OpenStore): Promise<void> {
  const budget = await readBudget(context.db, store, context.now());
  const kept = budget === null ? null : JSON.stringify(budget);
  await context.db
    .updateTable('stores')
    .set({ budget: kept })
    .where('id', '=', store.id)
    .where(sql<boolean>`budget is distinct from ${kept}::jsonb`)
    .execute();
}

const count = (number: number): string => number.toLocaleString('en-US');

function wordsFor({ left, of, per, pace, operation }: NamedBudget): string {
  const what = operation === null ? '' : ` (${operation})`;
  const share = `${count(left)} of ${count(of)}`;
  if (per === 'day') return `${share} calls left today${what}`;
  if (per === 'window') return `${share} calls left in ${sizeInWords(pace)}${what}`;
  return operation === null
    ? `${share} points left, ${count(pace)} more each second`
    : `${share} calls left at once${what}`;
}

// ---- what a push takes ---------------------------------------------------------------------------------------

export type FullPush = { readonly calls: number; readonly durationMs: number; readonly words: string };

const DAY_MS = 24 * 3_600_000;
/** Where nothing is published, an answer takes about so long. */
const ANSWER_MS = 1_000;

/** Null when the channel does not say what its pushes cost. */
export function fullPush(
  { limits }: ChannelManifest,
  listings: number,
  budget: StoreBudget | null,
): FullPush | null {
  if (limits.fullPush === undefined || listings === 0) return null;
  const callsOf = (cost: PushCost): number => Math.ceil(listings / cost.listings) * cost.calls;
  const calls = limits.fullPush.reduce((sum, cost) => sum + callsOf(cost), 0);
  const amount = limits.fullPush.reduce((sum, cost) => sum + callsOf(cost) * (cost.points ?? 1), 0);
  const durations = limits.fullPush.map((cost) => {
    const own = cost.operation === undefined ? undefined : limits.operations?.[cost.operation];
    return durationOf(own ?? limits.rate, callsOf(cost) * (cost.points ?? 1), budget);
  });
  const durationMs = Math.max(durationOf(limits.rate, amount, budget), ...durations);
  return { calls, durationMs, words: `${count(calls)} calls, ${lengthOf(durationMs)}` };
}

function durationOf(limit: PublishedLimit, amount: number, budget: StoreBudget | null): number {
  switch (limit.kind) {
    case 'concurrency':
      return (amount / limit.requestsAtOnce) * ANSWER_MS;
    case 'cost':
      return (Math.max(0, amount - limit.bucketPoints) / limit.restorePointsPerSecond) * 1_000;
    case 'window': {
      const paced = (amount / limit.requests) * limit.perMs;
      if (limit.requestsPerDay === undefined) return paced;
      const left = Math.min(limit.requestsPerDay, budget?.per === 'day' ? budget.left : limit.requestsPerDay);
      return Math.max(paced, (Math.max(0, amount - left) / limit.requestsPerDay) * DAY_MS);
    }
  }
}

function lengthOf(ms: number): string {
  const size = `about ${sizeInWords(ms)}`;
  return ms < DAY_MS ? size : `${size}, because the shop allows only so many calls a day`;
}

/** True when the rest of the day may not be enough for so many listings: then the most urgent go first. */
export async function isScarce(context: SyncContext, store: OpenStore, owed: number): Promise<boolean> {
  const budget = await readBudget(context.db, store, context.now());
  if (budget === null || budget.per !== 'day') return false;
  const costs = store.definition.manifest.limits.fullPush ?? [{ calls: 1, listings: 1 }];
  const calls = costs.reduce((sum, cost) => sum + Math.ceil(owed / cost.listings) * cost.calls, 0);
  return calls > budget.left || budget.left < budget.of * LOW_SHARE;
}
const LOW_SHARE = 0.2;
