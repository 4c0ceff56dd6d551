// PropertiesService, CacheService and LockService, with Google's limits.

import type { Scope } from './calls.ts';
import { requireAuthorization, type ServiceWorld, wrongArguments } from './service-world.ts';

const PROPERTY_BYTES_MAX = 9 * 1024;
const PROPERTY_STORE_BYTES_MAX = 500 * 1024;
const CACHE_BYTES_MAX = 100 * 1024;
const CACHE_KEY_LENGTH_MAX = 250;
const CACHE_SECONDS_DEFAULT = 600;
const CACHE_SECONDS_MAX = 21_600;

const bytesOf = (text: string): number => Buffer.byteLength(text);

export function createPropertiesService(world: ServiceWorld) {
  const open = (scope: Scope, method: string) => {
    requireAuthorization(world, `PropertiesService.${method}`, 'LIMITED', undefined, { inCells: true });
    return properties(world, scope);
  };
  return Object.freeze({
    getDocumentProperties: () => open('document', 'getDocumentProperties'),
    getScriptProperties: () => open('script', 'getScriptProperties'),
    getUserProperties: () => open('user', 'getUserProperties'),
  });
}

function properties(world: ServiceWorld, scope: Scope) {
  const read = () => world.call('getProperties', scope);
  const write = (added: Readonly<Record<string, string>>, deleteOthers = false) => {
    for (const value of Object.values(added)) {
      if (bytesOf(value) > PROPERTY_BYTES_MAX) throw world.toError('Argument too large: value');
    }
    const all = { ...(deleteOthers ? {} : read()), ...added };
    const size = Object.entries(all).reduce((sum, [key, value]) => sum + bytesOf(key) + bytesOf(value), 0);
    if (size > PROPERTY_STORE_BYTES_MAX) {
      throw world.toError(
        'You have exceeded the property storage quota. Please remove some properties and try again.',
      );
    }
    if (deleteOthers) world.call('deleteProperties', scope, null);
    world.call('setProperties', scope, added);
  };
  const self = {
    getProperty: (key: string): string | null => read()[String(key)] ?? null,
    getProperties: () => ({ ...read() }),
    getKeys: () => Object.keys(read()),
    setProperty: (key: string, value: string) => {
      if (key === undefined || value === undefined)
        throw wrongArguments(world, 'PropertiesService.Properties.setProperty', [key, value]);
      write({ [String(key)]: String(value) });
      return self;
    },
    setProperties: (values: Readonly<Record<string, unknown>>, deleteAllOthers = false) => {
      write(textsOf(values), deleteAllOthers);
      return self;
    },
    deleteProperty: (key: string) => {
      world.call('deleteProperties', scope, [String(key)]);
      return self;
    },
    deleteAllProperties: () => {
      world.call('deleteProperties', scope, null);
      return self;
    },
  };
  return self;
}

const textsOf = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));

export function createCacheService(world: ServiceWorld) {
  const open = (scope: Scope, method: string) => {
    requireAuthorization(world, `CacheService.${method}`, 'LIMITED', undefined, { inCells: true });
    return cache(world, scope);
  };
  return Object.freeze({
    getDocumentCache: () => open('document', 'getDocumentCache'),
    getScriptCache: () => open('script', 'getScriptCache'),
    getUserCache: () => open('user', 'getUserCache'),
  });
}

function cache(world: ServiceWorld, scope: Scope) {
  const checkedKey = (key: unknown): string => {
    if (key === null || key === undefined || key === '') throw world.toError('Invalid argument: key');
    if (String(key).length > CACHE_KEY_LENGTH_MAX) throw world.toError('Argument too large: key');
    return String(key);
  };
  const put = (values: Readonly<Record<string, unknown>>, seconds: number = CACHE_SECONDS_DEFAULT) => {
    for (const [key, value] of Object.entries(values)) {
      checkedKey(key);
      if (value === null || value === undefined) throw world.toError('Invalid argument: value');
      if (bytesOf(String(value)) > CACHE_BYTES_MAX) throw world.toError('Argument too large: value');
    }
    world.call(
      'putCached',
      scope,
      textsOf(values),
      Math.min(Math.max(1, Number(seconds)), CACHE_SECONDS_MAX),
    );
  };
  return Object.freeze({
    get: (key: string): string | null => world.call('getCached', scope, [checkedKey(key)])[key] ?? null,
    getAll: (keys: readonly string[]) => ({ ...world.call('getCached', scope, keys.map(checkedKey)) }),
    put: (key: string, value: string, seconds?: number) => put({ [checkedKey(key)]: value }, seconds),
    putAll: put,
    remove: (key: string) => world.call('removeCached', scope, [checkedKey(key)]),
    removeAll: (keys: readonly string[]) => world.call('removeCached', scope, keys.map(checkedKey)),
  });
}

export function createLockService(world: ServiceWorld) {
  const open = (scope: Scope, method: string) => {
    requireAuthorization(world, `LockService.${method}`, 'LIMITED');
    return lock(world, scope);
  };
  return Object.freeze({
    getDocumentLock: () => open('document', 'getDocumentLock'),
    getScriptLock: () => open('script', 'getScriptLock'),
    getUserLock: () => open('user', 'getUserLock'),
  });
}

function lock(world: ServiceWorld, scope: Scope) {
  let held = false;
  const tryLock = (waitMs: number): boolean => {
    if (!Number.isFinite(Number(waitMs))) throw wrongArguments(world, 'LockService.Lock.tryLock', [waitMs]);
    held = held || world.call('lock', scope, Number(waitMs));
    return held;
  };
  return {
    tryLock,
    waitLock: (waitMs: number): void => {
      if (tryLock(waitMs)) return;
      throw world.toError('Lock timeout: another process was holding the lock for too long.');
    },
    hasLock: () => held,
    releaseLock: (): void => {
      if (held) world.call('unlock', scope);
      held = false;
    },
  };
}
