// Runs the shipped add-on script, unmodified, against the local workbook: the stand-in for Apps Script.

import { MessageChannel, Worker } from 'node:worker_threads';
import type {
  AuthMode,
  FetchAnswer,
  FetchRequest,
  HostCalls,
  ScriptMenu,
  ScriptUi,
  ScriptWorkbook,
} from './calls.ts';
import { createDocumentLock, type DocumentLock } from './lock.ts';
import { answerCalls } from './rpc.ts';
import type { Job, Outcome } from './worker.ts';

const EXECUTION_LIMIT_MS = 6 * 60_000;
const FETCH_LIMIT_MS = 60_000;

export type PropertyStore = {
  readonly get: (key: string) => Promise<string | null>;
  readonly set: (key: string, value: string) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
};

export type ScriptHostOptions = {
  /** The text of Code.js as it ships. */
  readonly code: string;
  readonly workbook: ScriptWorkbook;
  readonly properties: PropertyStore;
  /** Scheme, host and port of the only server that the script may call. */
  readonly serverAddress: string;
  /** Who the script says is at the keyboard. */
  readonly user?: string;
  readonly executionLimitMs?: number;
};

export type ScriptHost = {
  /** Runs a function that the script declares, as a click does. Rejects with the sentence of the error. */
  readonly run: (functionName: string, args?: readonly unknown[], ui?: ScriptUi) => Promise<unknown>;
  /** The menus that the script's onOpen builds, with as little authorization as Google ever gives it. */
  readonly menu: () => Promise<readonly ScriptMenu[]>;
  readonly close: () => Promise<void>;
};

type Execution = {
  readonly functionName: string;
  readonly args: readonly unknown[];
  readonly authMode: AuthMode;
  readonly ui: ScriptUi | null;
  readonly showMenu: (menu: ScriptMenu) => void;
};

export function createScriptHost(options: ScriptHostOptions): ScriptHost {
  const lock = createDocumentLock();
  const running = new Set<Worker>();
  const execute = (execution: Execution) => runInThread(options, lock, running, execution);

  return {
    run: (functionName, args = [], ui) =>
      execute({ functionName, args, authMode: 'FULL', ui: ui ?? null, showMenu: () => {} }),
    menu: async () => {
      const menus: ScriptMenu[] = [];
      const event = { authMode: 'NONE' };
      await execute({
        functionName: 'onOpen',
        args: [event],
        authMode: 'NONE',
        ui: { dialog: () => Promise.reject(new Error('onOpen cannot show a dialog.')), toast: () => {} },
        showMenu: (menu) => menus.push(menu),
      });
      return menus;
    },
    close: async () => {
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
}

async function runInThread(
  options: ScriptHostOptions,
  lock: DocumentLock,
  running: Set<Worker>,
  execution: Execution,
): Promise<unknown> {
  const holder = {};
  const { port1, port2 } = new MessageChannel();
  const signal = new SharedArrayBuffer(4);
  answerCalls(port1, new Int32Array(signal), callsOf(options, lock, holder, execution));
  const job: Job = {
    code: options.code,
    functionName: execution.functionName,
    argumentsJson: JSON.stringify(execution.args),
    authMode: execution.authMode,
    hasUi: execution.ui !== null,
    user: options.user ?? '',
    port: port2,
    signal,
  };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: job,
    transferList: [port2],
  });
  running.add(worker);
  try {
    const outcome = await outcomeOf(worker, options.executionLimitMs ?? EXECUTION_LIMIT_MS);
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.resultJson === undefined ? undefined : JSON.parse(outcome.resultJson);
  } finally {
    lock.release(holder);
    port1.close();
    running.delete(worker);
    await worker.terminate();
  }
}

function outcomeOf(worker: Worker, limitMs: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Exceeded maximum execution time')), limitMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    worker.once('message', (outcome: Outcome) => settle(() => resolve(outcome)));
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', () => settle(() => reject(new Error('The script was stopped.'))));
  });
}

function callsOf(
  options: ScriptHostOptions,
  lock: DocumentLock,
  holder: object,
  execution: Execution,
): HostCalls {
  return {
    ...options.workbook,
    showMenu: execution.showMenu,
    toast: (toast) => execution.ui?.toast(toast),
    dialog: (dialog) => {
      // Google lets go of the script's locks while a person reads a dialog.
      lock.release(holder);
      if (execution.ui === null) throw new Error('Nobody is there to answer a dialog.');
      return execution.ui.dialog(dialog);
    },
    fetch: (request) => fetchFromServer(options.serverAddress, request),
    getProperty: options.properties.get,
    setProperty: options.properties.set,
    deleteProperty: options.properties.delete,
    lock: (waitMs) => lock.acquire(holder, waitMs),
    unlock: () => lock.release(holder),
  };
}

async function fetchFromServer(serverAddress: string, request: FetchRequest): Promise<FetchAnswer> {
  const url = URL.parse(request.url);
  if (url === null) throw new Error(`Invalid argument: ${request.url}`);
  if (url.origin !== new URL(serverAddress).origin) {
    throw new Error(
      `Address unavailable: ${request.url}. This workbook only reaches ${new URL(serverAddress).origin}.`,
    );
  }
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: request.followRedirects ? 'follow' : 'manual',
      signal: AbortSignal.timeout(FETCH_LIMIT_MS),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    throw new Error(timedOut ? `Timeout: ${request.url}` : `Address unavailable: ${request.url}`);
  }
}
