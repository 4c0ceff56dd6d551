// What the real service does to its callers: quotas per minute, and bad days that tests can switch on.

import {
  internal,
  noPermission,
  notFound,
  quotaExceeded,
  scopeMissing,
  serviceDisabled,
  unauthenticated,
  unavailable,
} from './api-error.ts';

const WINDOW_MS = 60_000;
const REQUESTS_PER_MINUTE = 60;

export type QuotaKind = 'Read' | 'Write';

/** True when the request is within the quota; each caller has one of its own for reads and for writes. */
export function createQuota(nowMs: () => number): (caller: string, kind: QuotaKind) => boolean {
  const spent = new Map<string, number[]>();
  return (caller, kind) => {
    const now = nowMs();
    const name = `${kind} ${caller}`;
    const recent = (spent.get(name) ?? []).filter((at) => at > now - WINDOW_MS);
    const allowed = recent.length < REQUESTS_PER_MINUTE;
    if (allowed) recent.push(now);
    spent.set(name, recent);
    return allowed;
  };
}

/** Of single writes. lostAnswer: the change is made, and the connection breaks before the answer. silent: no answer at all. */
export const SHEETS_FAULTS = [
  'throttled',
  'throttledForAWhile',
  'unavailable',
  'broken',
  'lostAnswer',
  'silent',
] as const;
export type SheetsFault = (typeof SHEETS_FAULTS)[number];

/** Of everything, until it is over. */
export const SHEETS_STATES = [
  'unshared',
  'viewer',
  'gone',
  'apiDisabled',
  'scopeMissing',
  'expired',
] as const;
export type SheetsState = (typeof SHEETS_STATES)[number];

export type SheetsFaults = {
  /** The next `times` writes suffer this. */
  readonly add: (fault: SheetsFault, times: number) => void;
  readonly take: (fault: SheetsFault) => boolean;
  /** Null: all is well again. */
  readonly put: (state: SheetsState | null) => void;
  readonly state: () => SheetsState | null;
};

export function createSheetsFaults(): SheetsFaults {
  const left = new Map<SheetsFault, number>();
  let standing: SheetsState | null = null;
  return {
    add: (fault, times) => void left.set(fault, (left.get(fault) ?? 0) + times),
    take: (fault) => {
      const count = left.get(fault) ?? 0;
      if (count > 0) left.set(fault, count - 1);
      return count > 0;
    },
    put: (state) => {
      standing = state;
    },
    state: () => standing,
  };
}

const RETRY_AFTER_SECONDS = 40;

/** Throws what the bad day of this moment answers. */
export function suffer(faults: SheetsFaults | undefined, kind: QuotaKind): void {
  if (faults === undefined) return;
  const isWrite = kind === 'Write';
  switch (faults.state()) {
    case 'unshared':
      throw noPermission();
    case 'viewer':
      if (isWrite) throw noPermission();
      break;
    case 'gone':
      throw notFound();
    case 'apiDisabled':
      throw serviceDisabled();
    case 'scopeMissing':
      throw scopeMissing();
    case 'expired':
      throw unauthenticated();
    case null:
  }
  if (!isWrite) return;
  if (faults.take('throttled')) throw quotaExceeded('Write');
  if (faults.take('throttledForAWhile')) throw quotaExceeded('Write', RETRY_AFTER_SECONDS);
  if (faults.take('unavailable')) throw unavailable();
  if (faults.take('broken')) throw internal();
}
