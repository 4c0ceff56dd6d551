// What one person's scripts may use in a day (a consumer account), counted from the first use, in Google's words when it is used up.

const DAY_MS = 86_400_000;
const DAILY = { urlfetch: 20_000, properties: 50_000 } as const;
const TRIGGER_RUNTIME_MAX_MS = 90 * 60_000;

export const TRIGGER_RUNTIME_MESSAGE = 'Service using too much computer time for one day';

export function createQuotas(nowMs: () => number) {
  const spent = new Map<string, { sinceMs: number; amount: number }>();
  const counter = (name: string) => {
    const found = spent.get(name);
    if (found !== undefined && nowMs() - found.sinceMs < DAY_MS) return found;
    const fresh = { sinceMs: nowMs(), amount: 0 };
    spent.set(name, fresh);
    return fresh;
  };
  return {
    spend: (email: string, service: keyof typeof DAILY, count: number): void => {
      const used = counter(`${service} ${email}`);
      if (used.amount + count > DAILY[service])
        throw new Error(`Service invoked too many times for one day: ${service}.`);
      used.amount += count;
    },
    hasTriggerTime: (email: string): boolean => counter(`triggers ${email}`).amount < TRIGGER_RUNTIME_MAX_MS,
    spendTriggerTime: (email: string, ms: number): void => {
      counter(`triggers ${email}`).amount += ms;
    },
  };
}
