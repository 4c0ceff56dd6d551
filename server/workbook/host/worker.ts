// The thread that runs the shipped script: a bare ES2020 world with Google's services in it, one execution per thread.

import { createContext, Script } from 'node:vm';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { AuthMode, HostCalls } from './calls.ts';
import { createSyncCall } from './rpc.ts';
import { createServices } from './services.ts';

export type Job = {
  readonly code: string;
  readonly functionName: string;
  /** The arguments as JSON: what google.script.run lets through. */
  readonly argumentsJson: string;
  readonly authMode: AuthMode;
  readonly hasUi: boolean;
  readonly user: string;
  readonly port: MessagePort;
  readonly signal: SharedArrayBuffer;
};

export type Outcome =
  | { readonly ok: true; readonly resultJson: string | undefined }
  | { readonly ok: false; readonly message: string };

function perform(job: Job): Outcome {
  const world = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  const inside = <Value>(source: string): Value => new Script(source).runInContext(world) as Value;
  // Made inside, so that `instanceof Error` holds for the script.
  const toError = inside<(message: string) => Error>(
    '(message) => { const error = new Error(message); error.name = "Exception"; return error; }',
  );
  try {
    const call = createSyncCall<HostCalls>(job.port, new Int32Array(job.signal), toError);
    Object.assign(world, createServices({ call, toError, ...job }));
    const already = new Set(Object.getOwnPropertyNames(world));
    new Script(job.code, { filename: 'Code.js' }).runInContext(world);
    const callable = callableFunction(world, already, job.functionName);
    if (callable === null) throw toError(`Script function not found: ${job.functionName}`);
    const args = inside<(json: string) => unknown[]>('(json) => JSON.parse(json)')(job.argumentsJson);
    const result = callable(...args);
    return { ok: true, resultJson: JSON.stringify(result) };
  } catch (error) {
    return {
      ok: false,
      message: error instanceof Error || isErrorLike(error) ? error.message : String(error),
    };
  }
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

function isErrorLike(error: unknown): error is { message: string } {
  return (
    typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
  );
}

parentPort?.postMessage(perform(workerData as Job));
