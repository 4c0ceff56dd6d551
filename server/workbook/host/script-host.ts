// Runs the shipped add-on script, unmodified, against the local workbook: the stand-in for Apps Script.

import { MessageChannel, Worker } from 'node:worker_threads';
import type { LocalPerson } from '../identity.ts';
import { createCaches } from './caches.ts';
import type {
  AuthMode,
  HostCalls,
  ScriptMenu,
  ScriptTrigger,
  ScriptUi,
  ScriptWorkbook,
  Selection,
} from './calls.ts';
import { fetchFromServer } from './fetch.ts';
import { createScopedLocks } from './lock.ts';
import type { PropertyStore } from './properties.ts';
import { createQuotas, TRIGGER_RUNTIME_MESSAGE } from './quotas.ts';
import { answerCalls } from './rpc.ts';
import type { Job, JobAnswer, Outcome, ScriptCall } from './worker.ts';

const EXECUTION_LIMIT_MS = 6 * 60_000;
const CELL_LIMIT_MS = 30_000;
const SIMULTANEOUS_MAX = 30;

export type TriggerStore = {
  readonly list: (person: LocalPerson) => Promise<readonly ScriptTrigger[]>;
  readonly add: (person: LocalPerson, functionName: string, everyMinutes: number) => Promise<ScriptTrigger>;
  readonly delete: (person: LocalPerson, id: string) => Promise<void>;
};

export type ScriptHostOptions = {
  /** The text of Code.js as it ships. */
  readonly code: string;
  /** The HTML files beside it, by name without `.html`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly workbookOf: (person: LocalPerson) => ScriptWorkbook;
  readonly properties: PropertyStore;
  readonly triggers: TriggerStore;
  readonly signIdentityToken: (person: LocalPerson) => string | null;
  /** Scheme, host and port of the only server that the script may call. */
  readonly serverAddress: string;
  /** Who runs what nobody started, such as onOpen. */
  readonly owner: LocalPerson;
  /** A played clock: the script reads it, and its limits are counted by it. */
  readonly nowMs?: () => number;
  readonly executionLimitMs?: number;
};

export type RunContext = {
  readonly ui?: ScriptUi;
  readonly person?: LocalPerson;
  readonly selection?: Selection | null;
};

export type ScriptHost = {
  /** Runs a function that the script declares, as a click does. Rejects with the sentence of the error. */
  readonly run: (
    functionName: string,
    args?: readonly unknown[],
    ui?: ScriptUi,
    context?: Omit<RunContext, 'ui'>,
  ) => Promise<unknown>;
  /** Runs a function because its time has come: nobody is there, and the time counts against the day's allowance. */
  readonly runTrigger: (functionName: string, person: LocalPerson) => Promise<void>;
  /** Works out cells: each call gets its own answer. */
  readonly runInCells: (calls: readonly ScriptCall[]) => Promise<readonly Outcome[]>;
  /** The menus that the script's onOpen builds, with as little authorization as Google ever gives it. */
  readonly menu: () => Promise<readonly ScriptMenu[]>;
  /** The names that google.script.run offers. */
  readonly functions: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

type Execution = {
  readonly calls: readonly ScriptCall[];
  readonly authMode: AuthMode;
  readonly ui: ScriptUi | null;
  readonly person: LocalPerson;
  readonly selection: Selection | null;
  readonly limitMs: number;
  readonly showMenu: (menu: ScriptMenu) => void;
};

type Surroundings = ScriptHostOptions & {
  readonly clockMs: () => number;
  readonly locks: ReturnType<typeof createScopedLocks>;
  readonly caches: ReturnType<typeof createCaches>;
  readonly quotas: ReturnType<typeof createQuotas>;
  readonly running: Map<Worker, string>;
};

export function createScriptHost(options: ScriptHostOptions): ScriptHost {
  const nowMs = options.nowMs ?? Date.now;
  const surroundings: Surroundings = {
    ...options,
    clockMs: nowMs,
    locks: createScopedLocks(),
    caches: createCaches(nowMs),
    quotas: createQuotas(nowMs),
    running: new Map(),
  };
  const { quotas, running, owner } = surroundings;
  const limitMs = options.executionLimitMs ?? EXECUTION_LIMIT_MS;
  const plain = { selection: null, showMenu: () => {}, ui: null, person: owner, limitMs };
  const one = async (functionName: string, args: readonly unknown[], execution: Omit<Execution, 'calls'>) => {
    const calls = [{ functionName, argumentsJson: JSON.stringify(args) }];
    const [outcome] = (await runInThread(surroundings, { ...execution, calls })).outcomes;
    if (outcome === undefined) return undefined;
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.resultJson === undefined ? undefined : JSON.parse(outcome.resultJson);
  };
  let functions: Promise<readonly string[]> | null = null;

  return {
    run: (functionName, args = [], ui, { person = owner, selection = null } = {}) =>
      one(functionName, args, { ...plain, authMode: 'FULL', ui: ui ?? null, person, selection }),
    runTrigger: async (functionName, person) => {
      if (!quotas.hasTriggerTime(person.email)) throw new Error(TRIGGER_RUNTIME_MESSAGE);
      const startedMs = nowMs();
      try {
        await one(functionName, [{ authMode: 'FULL' }], { ...plain, authMode: 'FULL', person });
      } finally {
        quotas.spendTriggerTime(person.email, nowMs() - startedMs);
      }
    },
    runInCells: async (calls) => {
      const execution = { ...plain, calls, authMode: 'CUSTOM' as const, limitMs: CELL_LIMIT_MS };
      return (await runInThread(surroundings, execution)).outcomes;
    },
    menu: async () => {
      const menus: ScriptMenu[] = [];
      const silent = {
        dialog: () => Promise.reject(new Error('onOpen cannot show a dialog.')),
        toast: () => {},
      };
      const showMenu = (menu: ScriptMenu) => void menus.push(menu);
      await one('onOpen', [{ authMode: 'NONE' }], { ...plain, authMode: 'NONE', ui: silent, showMenu });
      return menus;
    },
    functions: () => {
      functions ??= runInThread(surroundings, { ...plain, calls: [], authMode: 'NONE' }).then(
        (answer) => answer.functions,
      );
      return functions;
    },
    close: async () => {
      await Promise.all([...running.keys()].map((worker) => worker.terminate()));
    },
  };
}

async function runInThread(surroundings: Surroundings, execution: Execution): Promise<JobAnswer> {
  const { running, locks } = surroundings;
  const own = [...running.values()].filter((email) => email === execution.person.email).length;
  if (own >= SIMULTANEOUS_MAX) {
    throw new Error('There are too many scripts running simultaneously for this Google user account.');
  }
  const holder = {};
  const { port1, port2 } = new MessageChannel();
  const signal = new SharedArrayBuffer(4);
  const calls = callsOf(surroundings, holder, execution);
  const overtime = new AbortController();
  answerCalls(port1, new Int32Array(signal), untilLimit(surroundings, execution, calls, overtime));
  const job: Job = {
    code: surroundings.code,
    files: surroundings.files ?? {},
    calls: execution.calls,
    authMode: execution.authMode,
    hasUi: execution.ui !== null,
    user: execution.person.email,
    selection: execution.selection,
    port: port2,
    signal,
    isClockPlayed: surroundings.nowMs !== undefined,
  };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: job,
    transferList: [port2],
  });
  running.set(worker, execution.person.email);
  try {
    return await answerOf(worker, execution.limitMs, overtime.signal);
  } finally {
    locks.releaseAll(holder);
    port1.close();
    running.delete(worker);
    await worker.terminate();
  }
}

/** Google ends a script in the middle of whatever it does: none of its calls is answered any more. */
function untilLimit(
  { clockMs }: Surroundings,
  { limitMs }: Execution,
  calls: HostCalls,
  overtime: AbortController,
): HostCalls {
  const endMs = clockMs() + limitMs;
  const limited = Object.entries(calls).map(([name, call]) => [
    name,
    async (...args: unknown[]): Promise<unknown> => {
      if (clockMs() > endMs) overtime.abort();
      if (overtime.signal.aborted) return new Promise(() => undefined);
      return (call as (...given: unknown[]) => unknown)(...args);
    },
  ]);
  return Object.fromEntries(limited) as HostCalls;
}

function answerOf(worker: Worker, limitMs: number, overtime: AbortSignal): Promise<JobAnswer> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error('Exceeded maximum execution time'));
    const timer = setTimeout(late, limitMs);
    overtime.addEventListener('abort', late);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    worker.once('message', (answer: JobAnswer) => settle(() => resolve(answer)));
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', () => settle(() => reject(new Error('The script was stopped.'))));
  });
}

function callsOf(
  { workbookOf, properties, triggers, serverAddress, locks, caches, quotas, ...rest }: Surroundings,
  holder: object,
  { person, ui, showMenu }: Execution,
): HostCalls {
  const { email } = person;
  return {
    ...workbookOf(person),
    showMenu,
    toast: (toast) => ui?.toast(toast),
    showHtml: (page) => ui?.showHtml?.(page),
    activate: (place) => ui?.activate?.(place),
    dialog: (dialog) => {
      // Google lets go of the script's locks while a person reads a dialog.
      locks.releaseAll(holder);
      if (ui === null) throw new Error('Nobody is there to answer a dialog.');
      return ui.dialog(dialog);
    },
    fetch: (request) => {
      quotas.spend(email, 'urlfetch', 1);
      return fetchFromServer(serverAddress, request);
    },
    fetchAll: (requests) => {
      quotas.spend(email, 'urlfetch', requests.length);
      return Promise.all(requests.map((request) => fetchFromServer(serverAddress, request)));
    },
    getProperties: (scope) => {
      quotas.spend(email, 'properties', 1);
      return properties.read(scopeName(scope, email));
    },
    setProperties: (scope, values) => {
      quotas.spend(email, 'properties', Object.keys(values).length);
      return properties.write(scopeName(scope, email), values);
    },
    deleteProperties: (scope, keys) => {
      quotas.spend(email, 'properties', 1);
      return properties.delete(scopeName(scope, email), keys);
    },
    getCached: (scope, keys) => caches.get(scopeName(scope, email), keys),
    putCached: (scope, values, seconds) => caches.put(scopeName(scope, email), values, seconds),
    removeCached: (scope, keys) => caches.remove(scopeName(scope, email), keys),
    lock: (scope, waitMs) => locks.acquire(scopeName(scope, email), holder, waitMs),
    unlock: (scope) => locks.release(scopeName(scope, email), holder),
    triggers: () => triggers.list(person),
    addTrigger: (functionName, everyMinutes) => triggers.add(person, functionName, everyMinutes),
    deleteTrigger: (id) => triggers.delete(person, id),
    identityToken: () => rest.signIdentityToken(person),
    nowMs: rest.clockMs,
  };
}

const scopeName = (scope: string, email: string): string => (scope === 'user' ? `user:${email}` : scope);
