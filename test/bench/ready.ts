// How long the demo takes on an empty data folder until a person can use it, against the bare start of a new PostgreSQL.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startEmbeddedDatabase } from '../../server/database/embedded.ts';
import { openFolder } from './bench-database.ts';
import { type Measurement, median } from './row.ts';

/** How long a person waits for a first look without doubting it. */
const BOUND_S = 30;
const BARE_STARTS = 3;
const DEMO = fileURLToPath(new URL('./demo-process.ts', import.meta.url));

export async function measureReady(): Promise<readonly Measurement[]> {
  const bare: number[] = [];
  for (let count = 0; count < BARE_STARTS; count += 1) bare.push(await startBare());
  const bareMs = median(bare);
  const readyMs = await startDemo();
  return [
    {
      name: 'ready',
      value: readyMs / 1_000,
      unit: 's',
      bound: BOUND_S,
      better: 'lower',
      ratio: readyMs / bareMs,
      comparedWith: `the start of a new PostgreSQL alone (${(bareMs / 1_000).toFixed(1)} s)`,
    },
  ];
}

async function startBare(): Promise<number> {
  const folder = await openFolder();
  const begun = performance.now();
  const server = await startEmbeddedDatabase(join(folder, 'postgres'));
  const ms = performance.now() - begun;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
  return ms;
}

async function startDemo(): Promise<number> {
  const folder = await openFolder();
  const begun = performance.now();
  const demo = spawn(process.execPath, [DEMO, folder], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    await untilReady(demo);
    return performance.now() - begun;
  } finally {
    await end(demo);
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilReady(demo: ChildProcess): Promise<void> {
  if (demo.stdout === null) throw new Error('The demo cannot be listened to.');
  const said: string[] = [];
  for await (const line of createInterface({ input: demo.stdout })) {
    said.push(line);
    if (/^Ready\./.test(line)) return;
  }
  throw new Error(`The demo ended before it was ready. It said: ${said.join(' ')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdout?.resume();
  child.kill('SIGTERM');
  await ended;
}
