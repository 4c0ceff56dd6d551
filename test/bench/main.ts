// `npm run bench`: measures what the product promises about speed and size. Each figure stands beside a yardstick that was
// measured in the same run, and the run fails when one breaks its bound.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Bench, openBench } from './bench-database.ts';
import { measureIdleTick } from './idle-tick.ts';
import { measureLedgerTransactions } from './ledger-transactions.ts';
import { measureMemory } from './memory-100k.ts';
import { measurePush } from './push-10k-changed.ts';
import { measureReady } from './ready.ts';
import { holds, type Measurement, toLine, toRow } from './row.ts';
import { measureSheetRequests } from './sheet-requests.ts';

type Benchmark = {
  readonly names: readonly string[];
  readonly measure: (bench: Bench, wanted: ReadonlySet<string>) => Promise<readonly Measurement[]>;
};

const BENCHMARKS: readonly Benchmark[] = [
  { names: ['ledger-transactions'], measure: measureLedgerTransactions },
  { names: ['push-10k-changed'], measure: measurePush },
  {
    names: ['sheet-requests-1', 'sheet-requests-100', 'sheet-requests-10000'],
    measure: measureSheetRequests,
  },
  { names: ['idle-tick-1k', 'idle-tick-100k'], measure: measureIdleTick },
  { names: ['ready'], measure: measureReady },
  { names: ['memory-100k'], measure: measureMemory },
];
const NAMES = BENCHMARKS.flatMap(({ names }) => names);

type Arguments = { readonly wanted: ReadonlySet<string>; readonly file: string | null };

function readArguments(): Arguments | string {
  let values: { json?: string; only?: string[] };
  try {
    ({ values } = parseArgs({
      options: { json: { type: 'string' }, only: { type: 'string', multiple: true } },
    }));
  } catch (error) {
    return `${(error as Error).message.split('\n')[0]} Use: npm run bench -- [--json FILE] [--only NAME]`;
  }
  const strange = values.only?.find((name) => !NAMES.includes(name));
  if (strange !== undefined) return `There is no benchmark "${strange}". Choose one of: ${NAMES.join(', ')}.`;
  return { wanted: new Set(values.only ?? NAMES), file: values.json ?? null };
}

async function run({ wanted, file }: Arguments): Promise<boolean> {
  const bench = await openBench();
  const measured: Measurement[] = [];
  try {
    for (const { names, measure } of BENCHMARKS) {
      if (!names.some((name) => wanted.has(name))) continue;
      const found = (await measure(bench, wanted)).filter(({ name }) => wanted.has(name));
      for (const one of found) process.stdout.write(`${toLine(one)}\n`);
      measured.push(...found);
    }
  } finally {
    await bench.close();
  }
  if (file !== null) await writeFile(file, `${JSON.stringify(measured.map(toRow), null, 2)}\n`);
  return measured.every(holds);
}

const given = readArguments();
if (typeof given === 'string') {
  process.stderr.write(`${given}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = (await run(given)) ? 0 : 1;
}
