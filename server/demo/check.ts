// `npm run demo -- --check`: the whole product on an empty data folder, unattended. One line per requirement.

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channels } from '../channels/registry.ts';
import { createReport } from './check-report.ts';
import { SCENES } from './check-scenes.ts';
import { openCheckWorld } from './check-world.ts';

/** Resolves to the exit code: 0 when everything held. */
export async function check(write: (text: string) => void): Promise<number> {
  const begun = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'stocksheet-check-'));
  // As root the database runs under a user of its own, who has to get in.
  await chmod(dataDir, 0o755);
  const report = createReport(write);
  const world = await openCheckWorld(channels, dataDir);
  try {
    for (const scene of SCENES) await scene(world, report);
  } catch (error) {
    report.line('the check', false, error instanceof Error ? error.message : String(error));
  } finally {
    await world.close();
    await rm(dataDir, { recursive: true, force: true });
  }
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  const failures = report.failures();
  write(failures === 0 ? `Everything held (${seconds} s).\n` : `${failures} did not hold (${seconds} s).\n`);
  return failures === 0 ? 0 : 1;
}
