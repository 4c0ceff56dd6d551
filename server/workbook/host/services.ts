// The services of Apps Script that a script finds in its world.

import type { AuthMode, HostCalls } from './calls.ts';
import type { SyncCall } from './rpc.ts';
import { createSpreadsheetApp } from './spreadsheet-app.ts';
import { createUrlFetchApp } from './url-fetch-app.ts';
import { createUtilities } from './utilities.ts';

export type ServiceWorld = {
  readonly call: SyncCall<HostCalls>;
  readonly toError: (message: string) => Error;
  readonly authMode: AuthMode;
  /** False in a trigger: nobody is looking. */
  readonly hasUi: boolean;
  readonly user: string;
};

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

/** Refuses what Google does not grant at this moment, in Google's words. */
export function requireAuthorization(
  world: ServiceWorld,
  method: string,
  needs: 'LIMITED' | 'FULL',
  scope?: string,
): void {
  const granted = world.authMode === 'FULL' || (needs === 'LIMITED' && world.authMode === 'LIMITED');
  if (granted) return;
  const required =
    scope === undefined ? '' : ` Required permissions: https://www.googleapis.com/auth/${scope}`;
  throw world.toError(`You do not have permission to call ${method}.${required}`);
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
