// Calls from the script's thread that wait for their answer: Apps Script has no promises for its services.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

// biome-ignore lint/suspicious/noExplicitAny: a table of functions with any arguments; each caller sees the exact type.
type Calls = Record<string, (...args: any[]) => unknown>;

type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

export type SyncCall<Table extends Calls> = <Name extends keyof Table & string>(
  name: Name,
  ...args: Parameters<Table[Name]>
) => Awaited<ReturnType<Table[Name]>>;

/** In the script's thread. `toError` makes the error that the script will see. */
export function createSyncCall<Table extends Calls>(
  port: MessagePort,
  signal: Int32Array,
  toError: (message: string) => Error,
): SyncCall<Table> {
  return (name, ...args) => {
    const before = Atomics.load(signal, 0);
    port.postMessage({ name, args });
    Atomics.wait(signal, 0, before);
    const received = receiveMessageOnPort(port) as { message: Answer } | undefined;
    if (received === undefined) throw toError('The spreadsheet did not answer.');
    if (!received.message.ok) throw toError(received.message.message);
    return received.message.value as never;
  };
}

/** In the main thread: answers each call, however long it takes; the script waits meanwhile. */
export function answerCalls<Table extends Calls>(port: MessagePort, signal: Int32Array, table: Table): void {
  port.on('message', (call: { name: string; args: unknown[] }) => {
    void perform(table, call).then((answer) => {
      port.postMessage(answer);
      Atomics.add(signal, 0, 1);
      Atomics.notify(signal, 0);
    });
  });
}

async function perform(table: Calls, call: { name: string; args: unknown[] }): Promise<Answer> {
  const known = Object.hasOwn(table, call.name) ? table[call.name] : undefined;
  if (known === undefined) return { ok: false, message: `There is no call "${call.name}".` };
  try {
    return { ok: true, value: await known(...call.args) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
