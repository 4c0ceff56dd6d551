// The caches behind CacheService: they forget by time, and the oldest when there are too many.

const ITEMS_MAX = 1_000;
const ITEMS_AFTER_EVICTION = 900;

type Item = { readonly value: string; readonly untilMs: number };

export function createCaches(nowMs: () => number) {
  const caches = new Map<string, Map<string, Item>>();
  const open = (scope: string): Map<string, Item> => {
    const found = caches.get(scope) ?? new Map<string, Item>();
    caches.set(scope, found);
    return found;
  };
  return {
    get: (scope: string, keys: readonly string[]): Record<string, string> => {
      const now = nowMs();
      const alive = keys.flatMap((key): [string, string][] => {
        const item = open(scope).get(key);
        return item !== undefined && item.untilMs > now ? [[key, item.value]] : [];
      });
      return Object.fromEntries(alive);
    },
    put: (scope: string, values: Readonly<Record<string, string>>, seconds: number): void => {
      const cache = open(scope);
      for (const [key, value] of Object.entries(values)) {
        // Put in again, so that the oldest stand first.
        cache.delete(key);
        cache.set(key, { value, untilMs: nowMs() + seconds * 1_000 });
      }
      if (cache.size <= ITEMS_MAX) return;
      for (const key of [...cache.keys()].slice(0, cache.size - ITEMS_AFTER_EVICTION)) cache.delete(key);
    },
    remove: (scope: string, keys: readonly string[]): void => {
      for (const key of keys) open(scope).delete(key);
    },
  };
}
