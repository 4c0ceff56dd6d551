// The thread that runs the shipped script: a bare ES2020 world with Google's services in it, one execution per thread.

import { createContext, Script } from 'node:vm';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { AuthMode, HostCalls, Selection } from './calls.ts';
import { createSyncCall } from './rpc.ts';
import { createServices } from './services.ts';

export type ScriptCall = {
  readonly functionName: string;
  /** The arguments as JSON: what google.script.run lets through. */
  readonly argumentsJson: string;
};

export type Job = {
  readonly code: string;
  readonly files: Readonly<Record<string, string>>;
  /** One after the other; each answers for itself. */
  readonly calls: readonly ScriptCall[];
  readonly authMode: AuthMode;
  readonly hasUi: boolean;
  readonly user: string;
  readonly selection: Selection | null;
  readonly port: MessagePort;
  readonly signal: SharedArrayBuffer;
  readonly isClockPlayed: boolean;
};

export type Outcome =
  | { readonly ok: true; readonly resultJson: string | undefined }
  | { readonly ok: false; readonly message: string };

export type JobAnswer = { readonly outcomes: readonly Outcome[]; readonly functions: readonly string[] };

function perform(job: Job): JobAnswer {
  const world = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  const inside = <Value>(source: string): Value => new Script(source).runInContext(world) as Value;
  // Made inside, so that `instanceof Error` holds for the script.
  const toError = inside<(message: string) => Error>(
    '(message) => { const error = new Error(message); error.name = "Exception"; return error; }',
  );
  const call = createSyncCall<HostCalls>(job.port, new Int32Array(job.signal), toError);
  const { authMode, hasUi, user, selection, files } = job;
  const toDate = inside<(ms: number) => Date>('(ms) => new Date(ms)');
  Object.assign(world, createServices({ call, toError, toDate, authMode, hasUi, user, selection, files }));
  if (job.isClockPlayed)
    inside<(now: () => number) => void>('(now) => { Date.now = now; }')(() => call('nowMs'));
  const already = new Set(Object.getOwnPropertyNames(world));
  try {
    new Script(job.code, { filename: 'Code.js' }).runInContext(world);
  } catch (error) {
    // A script that fails while it loads has no function that works.
    return { outcomes: job.calls.map(() => failed(error)), functions: [] };
  }
  const parse = inside<(json: string) => unknown[]>('(json) => JSON.parse(json)');
  return {
    outcomes: job.calls.map(({ functionName, argumentsJson }) => {
      try {
        const callable = callableFunction(world, already, functionName);
        if (callable === null) throw toError(`Script function not found: ${functionName}`);
        return { ok: true, resultJson: JSON.stringify(plainOrNull(callable(...parse(argumentsJson)))) };
      } catch (error) {
        return failed(error);
      }
    }),
    functions: Object.getOwnPropertyNames(world).filter(
      (name) => callableFunction(world, already, name) !== null,
    ),
  };
}

/** A result with a date or a function in it does not arrive at all: google.script.run hands over null instead. */
function plainOrNull(result: unknown): unknown {
  return hasUnlawful(result) ? null : result;
}

function hasUnlawful(value: unknown): boolean {
  if (typeof value === 'function' || Object.prototype.toString.call(value) === '[object Date]') return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasUnlawful);
}

/** Only what the script itself declared at its top level: `constructor` and other inherited names are not functions of it. */
function callableFunction(
  world: object,
  already: ReadonlySet<string>,
  name: string,
): ((...args: unknown[]) => unknown) | null {
  if (already.has(name) || name.endsWith('_') || !Object.hasOwn(world, name)) return null;
  const value: unknown = Reflect.get(world, name);
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown) : null;
}

function failed(error: unknown): Outcome {
  const hasMessage =
    typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
  return { ok: false, message: hasMessage ? String(error.message) : String(error) };
}

parentPort?.postMessage(perform(workerData as Job));
