// `npm run bench`: measures what the product promises about speed and size. Each figure stands beside a yardstick that was
// measured in the same run, and the run fails when one breaks its bound.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Bench, openBench } from './bench-database.ts';
import { channelSpeeds } from './channel-speed.ts';
import { measureIdleTick } from './idle-tick.ts';
import { measureLedgerTransactions } from './ledger-transactions.ts';
import { measureMemory } from './memory-100k.ts';
import { ordersToOthers } from './order-to-others.ts';
import { measurePush } from './push-10k-changed.ts';
import { measureReady } from './ready.ts';
import { holds, type Measurement, toLine, toRow } from './row.ts';
import { measureSheetRequests } from './sheet-requests.ts';
import { measureSheetScripts } from './sheet-scripts.ts';
import { measureWorkbook } from './workbook-50k.ts';

type Benchmark = {
  readonly names: readonly string[];
  readonly measure: (bench: Bench, wanted: ReadonlySet<string>) => Promise<readonly Measurement[]>;
};

const BENCHMARKS: readonly Benchmark[] = [
  { names: ['ledger-transactions'], measure: measureLedgerTransactions },
  { names: ['push-10k-changed'], measure: measurePush },
  ...channelSpeeds,
  ...ordersToOthers,
  {
    names: ['sheet-requests-1', 'sheet-requests-100', 'sheet-requests-10000'],
    measure: measureSheetRequests,
  },
  { names: ['idle-tick-1k', 'idle-tick-100k'], measure: measureIdleTick },
  { names: ['ready'], measure: measureReady },
  { names: ['memory-100k'], measure: measureMemory },
  { names: ['submit-1000-rows', 'custom-functions-5k', 'sidebar-first-paint'], measure: measureSheetScripts },
  { names: ['sheet-requests-first-fill-50k', 'workbook-50k-first-paint'], measure: measureWorkbook },
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
    return `${(error as Error).message.split('\n')[0]}. Use: npm run bench -- [--json FILE] [--only NAME]`;
  }
  // The beginning of a name chooses all that begin with it.
  const chosen = (values.only ?? ['']).map((asked) => NAMES.filter((name) => name.startsWith(asked)));
  const strange = values.only?.find((_asked, index) => chosen[index]?.length === 0);
  if (strange !== undefined) return `There is no benchmark "${strange}". Choose one of: ${NAMES.join(', ')}.`;
  return { wanted: new Set(chosen.flat()), file: values.json ?? null };
}

/** Answers whether every bound held. One benchmark that cannot be run does not keep the others from it. */
async function run({ wanted, file }: Arguments): Promise<boolean> {
  const bench = await openBench();
  const measured: Measurement[] = [];
  let broken = 0;
  try {
    for (const { names, measure } of BENCHMARKS) {
      if (!names.some((name) => wanted.has(name))) continue;
      try {
        const found = (await measure(bench, wanted)).filter(({ name }) => wanted.has(name));
        for (const one of found) process.stdout.write(`${toLine(one)}\n`);
        measured.push(...found);
      } catch (error) {
        broken += 1;
        process.stdout.write(`FAIL  ${names.join(', ')}: ${(error as Error).message}\n`);
      }
    }
  } finally {
    await bench.close();
  }
  if (file !== null) await keep(file, measured);
  return broken === 0 && measured.every(holds);
}

const keep = (file: string, measured: readonly Measurement[]): Promise<void> =>
  writeFile(file, `${JSON.stringify(measured.map(toRow), null, 2)}\n`);

// Ending this way ends the database too, and takes the folders away.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

async function start(): Promise<number> {
  const given = readArguments();
  if (typeof given === 'string') {
    process.stderr.write(`${given}\n`);
    return 2;
  }
  try {
    // Minutes of measuring are not to be lost to a mistyped folder.
    if (given.file !== null) await keep(given.file, []);
  } catch {
    process.stderr.write(`The file ${given.file} cannot be written. Name one in a folder that exists.\n`);
    return 2;
  }
  return (await run(given)) ? 0 : 1;
}

process.exitCode = await start();
