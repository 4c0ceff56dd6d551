// `npm run demo` as a process of its own, on any port and a folder of its own: what a newcomer starts.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../../server/demo/main.ts', import.meta.url));

/** Six stores are connected and turned on at the first start; a busy machine takes its time. */
export const DEMO_READY_MS = 180_000;

export type Demo = {
  /** Where its page is; another one after each start. */
  readonly address: () => string;
  readonly start: () => Promise<void>;
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Ends it and takes its folder away. */
  readonly close: () => Promise<void>;
};

export async function openDemo(): Promise<Demo> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stocksheet-demo-'));
  // As root the database runs under a user of its own, who has to get in.
  await chmod(dataDir, 0o755);
  let child: ChildProcess | null = null;
  let address = '';
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    address: () => address,
    start: async () => {
      child = spawn(process.execPath, [DEMO], {
        env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      address = await addressOf(child);
    },
    end,
    close: async () => {
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The demo cannot be listened to.');
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  try {
    for await (const line of lines) {
      said.push(line);
      const address = /^Ready\. Open (http:\S+)/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
  } finally {
    // What it says later is let go, so that it never waits for a reader.
    child.stdout.resume();
  }
  throw new Error(`The demo ended before it was ready. It said: ${said.join(' ')}`);
}
