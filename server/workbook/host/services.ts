// The services of Apps Script that a script finds in its world.

import { requireAuthorization, type ServiceWorld } from './service-world.ts';
import { createSpreadsheetApp } from './spreadsheet-app.ts';
import { createUrlFetchApp } from './url-fetch-app.ts';
import { createUtilities } from './utilities.ts';

const PROPERTY_BYTES_MAX = 9 * 1024;

export function createServices(world: ServiceWorld): Record<string, unknown> {
  return {
    SpreadsheetApp: createSpreadsheetApp(world),
    UrlFetchApp: createUrlFetchApp(world),
    Utilities: createUtilities(world),
    PropertiesService: { getDocumentProperties: () => documentProperties(world) },
    LockService: { getDocumentLock: () => documentLock(world) },
    Session: { getActiveUser: () => activeUser(world), getEffectiveUser: () => activeUser(world) },
    console: silentConsole,
  };
}

function documentProperties(world: ServiceWorld) {
  requireAuthorization(world, 'PropertiesService.getDocumentProperties', 'LIMITED');
  const properties = {
    getProperty: (key: string): string | null => world.call('getProperty', String(key)),
    setProperty: (key: string, value: string) => {
      if (Buffer.byteLength(String(value)) > PROPERTY_BYTES_MAX) {
        throw world.toError('Argument too large: value');
      }
      world.call('setProperty', String(key), String(value));
      return properties;
    },
    deleteProperty: (key: string) => {
      world.call('deleteProperty', String(key));
      return properties;
    },
  };
  return properties;
}

function documentLock(world: ServiceWorld) {
  let held = false;
  const tryLock = (waitMs: number): boolean => {
    held = held || world.call('lock', Number(waitMs));
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
      if (held) world.call('unlock');
      held = false;
    },
  };
}

function activeUser(world: ServiceWorld) {
  requireAuthorization(world, 'Session.getActiveUser', 'FULL', 'userinfo.email');
  return { getEmail: () => world.user };
}

const nothing = () => undefined;
const silentConsole = { log: nothing, info: nothing, warn: nothing, error: nothing };
