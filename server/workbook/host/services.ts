// The services of Apps Script that a script finds in its world.

import { createHtmlService } from './html-service.ts';
import { createScriptApp } from './script-app.ts';
import { requireAuthorization, type ServiceWorld } from './service-world.ts';
import { createSpreadsheetApp } from './spreadsheet-app.ts';
import { createCacheService, createLockService, createPropertiesService } from './storage-services.ts';
import { createUrlFetchApp } from './url-fetch-app.ts';
import { createUtilities } from './utilities.ts';

export function createServices(world: ServiceWorld): Record<string, unknown> {
  return {
    SpreadsheetApp: createSpreadsheetApp(world),
    UrlFetchApp: createUrlFetchApp(world),
    Utilities: createUtilities(world),
    PropertiesService: createPropertiesService(world),
    CacheService: createCacheService(world),
    LockService: createLockService(world),
    HtmlService: createHtmlService(world),
    ScriptApp: createScriptApp(world),
    Session: createSession(world),
    Logger: { log: nothing, getLog: () => '' },
    console: { log: nothing, info: nothing, warn: nothing, error: nothing, time: nothing, timeEnd: nothing },
  };
}

function createSession(world: ServiceWorld) {
  const user = (method: string) => {
    // In a cell the spreadsheet's users are known to nobody.
    requireAuthorization(world, `Session.${method}`, 'FULL', 'userinfo.email');
    return { getEmail: () => world.user, toString: () => world.user };
  };
  return Object.freeze({
    getActiveUser: () => user('getActiveUser'),
    getEffectiveUser: () => user('getEffectiveUser'),
    getActiveUserLocale: () => 'en',
    getScriptTimeZone: () => 'Etc/UTC',
    getTemporaryActiveUserKey: () => `key-${world.user}`,
  });
}

const nothing = () => undefined;
