// What the real service does to its callers: quotas per minute, and bad days that tests can switch on.

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

/** lostAnswer: the change is made, and the connection breaks before the answer. */
export const SHEETS_FAULTS = ['throttled', 'unavailable', 'lostAnswer'] as const;
export type SheetsFault = (typeof SHEETS_FAULTS)[number];

export type SheetsFaults = {
  /** The next `times` writes suffer this. */
  readonly add: (fault: SheetsFault, times: number) => void;
  readonly take: (fault: SheetsFault) => boolean;
};

export function createSheetsFaults(): SheetsFaults {
  const left = new Map<SheetsFault, number>();
  return {
    add: (fault, times) => void left.set(fault, (left.get(fault) ?? 0) + times),
    take: (fault) => {
      const count = left.get(fault) ?? 0;
      if (count > 0) left.set(fault, count - 1);
      return count > 0;
    },
  };
}
