// ScriptApp: time triggers that really run, who is running this, and how much it may do.

import type { ScriptTrigger } from './calls.ts';
import { requireAuthorization, type ServiceWorld, wrongArguments } from './service-world.ts';

const MINUTE_STEPS = [1, 5, 10, 15, 30];
const HOUR_STEPS = [1, 2, 4, 6, 8, 12];

const names = <Name extends string>(...all: readonly Name[]) =>
  Object.freeze(Object.fromEntries(all.map((name) => [name, name]))) as Readonly<Record<Name, Name>>;

export function createScriptApp(world: ServiceWorld) {
  const allow = (method: string, scope = 'script.scriptapp') =>
    requireAuthorization(world, `ScriptApp.${method}`, 'FULL', scope);
  return Object.freeze({
    AuthMode: names('NONE', 'CUSTOM_FUNCTION', 'LIMITED', 'FULL'),
    AuthorizationStatus: names('REQUIRED', 'NOT_REQUIRED'),
    EventType: names('CLOCK', 'ON_OPEN', 'ON_EDIT', 'ON_CHANGE', 'ON_FORM_SUBMIT'),
    TriggerSource: names('SPREADSHEETS', 'CLOCK'),
    newTrigger: (functionName: unknown) => {
      allow('newTrigger');
      if (typeof functionName !== 'string')
        throw wrongArguments(world, 'ScriptApp.newTrigger', [functionName]);
      return { timeBased: () => clockBuilder(world, functionName) };
    },
    getProjectTriggers: () => {
      allow('getProjectTriggers');
      return world.call('triggers').map(triggerOf);
    },
    deleteTrigger: (trigger: { readonly getUniqueId: () => string }) => {
      allow('deleteTrigger');
      world.call('deleteTrigger', trigger.getUniqueId());
    },
    getIdentityToken: () => {
      allow('getIdentityToken', 'userinfo.email');
      return world.call('identityToken');
    },
    getOAuthToken: () => {
      allow('getOAuthToken', 'script.external_request');
      return 'ya29.local-workbook-token-that-opens-nothing';
    },
    getScriptId: () => 'local-script',
    getAuthorizationInfo: () => ({
      getAuthorizationStatus: () => 'NOT_REQUIRED',
      getAuthorizationUrl: () => null,
    }),
    requireScopes: () => undefined,
    requireAllScopes: () => undefined,
  });
}

function clockBuilder(world: ServiceWorld, functionName: string) {
  let everyMinutes: number | null = null;
  const set = (minutes: number) => {
    everyMinutes = minutes;
    return builder;
  };
  const builder = {
    everyMinutes: (count: number) => {
      if (!MINUTE_STEPS.includes(count)) {
        throw world.toError(
          'The value you passed to everyMinutes was invalid. It must be one of 1, 5, 10, 15 or 30.',
        );
      }
      return set(count);
    },
    everyHours: (count: number) => {
      if (!HOUR_STEPS.includes(count)) {
        throw world.toError(
          'The value you passed to everyHours was invalid. It must be one of 1, 2, 4, 6, 8 or 12.',
        );
      }
      return set(count * 60);
    },
    everyDays: (count: number) => set(count * 1_440),
    everyWeeks: (count: number) => set(count * 10_080),
    atHour: () => builder,
    nearMinute: () => builder,
    inTimezone: () => builder,
    create: () => {
      if (everyMinutes === null) throw world.toError('A time-based trigger needs a recurrence.');
      return triggerOf(world.call('addTrigger', functionName, everyMinutes));
    },
  };
  return builder;
}

function triggerOf({ id, functionName }: ScriptTrigger) {
  return {
    getUniqueId: () => id,
    getHandlerFunction: () => functionName,
    getEventType: () => 'CLOCK',
    getTriggerSource: () => 'CLOCK',
    getTriggerSourceId: () => null,
  };
}
