// The import rules catch what they are for: a small tree with one planted offence per rule.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** File → what it imports; `type ` makes it an import of a type only. */
const PLANTED: Readonly<Record<string, readonly string[]>> = {
  'shared/leaf.ts': [],
  'shared/bad.ts': ['pg'],
  'shared/circle-a.ts': ['type ./circle-b.ts'],
  'shared/circle-b.ts': ['type ./circle-a.ts'],
  'shared/lost.ts': ['./nowhere.ts'],
  'addon/bad.ts': ['type ../server/ledger/leaf.ts'],
  'server/main.ts': ['./sync/bad.ts'],
  'server/ledger/leaf.ts': [],
  'server/ledger/bad.ts': ['type ../queue/leaf.ts', 'node:timers/promises'],
  'server/orders/bad.ts': ['type ../http/leaf.ts', '../demo/leaf.ts'],
  'server/demo/leaf.ts': [],
  'server/channels/channel.ts': ['type ./one/index.ts'],
  'server/channels/registry.ts': ['./one/index.ts', './two/index.ts'],
  'server/channels/one/index.ts': [],
  'server/channels/two/index.ts': ['type ../one/index.ts', '../../ledger/leaf.ts'],
  'server/sync/bad.ts': ['../channels/one/index.ts', 'type ../queue/leaf.ts', 'pg', 'express'],
  'server/http/leaf.ts': [],
  'server/http/bad.ts': ['type ../queue/leaf.ts'],
  'server/sheet/bad.ts': ['type ../http/leaf.ts'],
  'server/queue/leaf.ts': ['bullmq'],
  'server/queue/bad.ts': ['type ../database/bad.ts'],
  'server/net/bad.ts': ['type ../http/leaf.ts', 'googleapis'],
  'server/secrets/bad.ts': ['type ../http/leaf.ts'],
  'server/workbook/bad.ts': ['type ../ledger/leaf.ts'],
  'server/database/bad.ts': ['type ../net/leaf.ts', '../../test/support.ts', 'ioredis'],
  'server/net/leaf.ts': [],
  'test/support.ts': [],
};

const EXPECTED = [
  'addon-knows-shared',
  'bullmq-in-the-queue-only',
  'channels-are-islands',
  'channels-by-the-registry',
  'channels-know-the-contract',
  'commands-use-the-ledger',
  'contract-names-no-channel',
  'database-is-the-floor',
  'express-in-http-only',
  'google-in-the-sheet-only',
  'http-stands-alone',
  'ledger-has-no-clock',
  'ledger-is-the-heart',
  'net-stands-alone',
  'no-cycles',
  'no-tests-in-the-product',
  'nobody-imports-main',
  'queue-stands-alone',
  'resolvable',
  'secrets-stands-alone',
  'shared-knows-only-zod',
  'sheet-stands-alone',
  'sync-has-no-drivers',
  'sync-uses-interfaces',
  'workbook-stands-alone',
];

const Report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

test('every import rule finds its planted offence, type-only imports included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stocksheet-imports-'));
  try {
    for (const [file, imports] of Object.entries(PLANTED)) await plant(join(folder, file), imports);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const { summary } = Report.parse(JSON.parse(await cruise(folder)));
    const found = new Set(summary.violations.map(({ rule }) => rule.name));
    expect([...found].filter((rule) => EXPECTED.includes(rule)).sort()).toEqual(EXPECTED);
    // No package is installed in the planted tree, so importing one is always unresolvable there.
    const offenders = summary.violations
      .filter(({ rule }) => rule.name !== 'resolvable')
      .map(({ from }) => from);
    expect(offenders).not.toContain('server/queue/leaf.ts');
    expect(offenders).not.toContain('server/channels/registry.ts');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function plant(file: string, imports: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const lines = imports.map((text, index) =>
    text.startsWith('type ')
      ? `import type { x as x${index} } from '${text.slice(5)}';\nexport type X${index} = typeof x${index};`
      : `import { x as x${index} } from '${text}';\nexport const y${index} = x${index};`,
  );
  await writeFile(file, [...lines, 'export const x = 1;', ''].join('\n'));
}

function cruise(folder: string): Promise<string> {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const options = ['--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json'];
  const child = spawn(process.execPath, [program, ...options, 'addon', 'server', 'shared', 'test'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
