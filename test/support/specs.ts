// Where the official descriptions and recorded answers of the channels are. They are never part of this repository.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder with the channels' specs, or null on a machine without them. With CI=true a missing folder is an error. */
export function specsDirectory(): string | null {
  const folder = process.env['SPECS_DIR'] ?? fileURLToPath(new URL('../../../shared/specs', import.meta.url));
  if (existsSync(folder)) return folder;
  if (process.env['CI'] === 'true') {
    throw new Error(`The channel specs are not at ${folder}. Set SPECS_DIR: CI must run the contract tests.`);
  }
  return null;
}

/** What a skipped contract suite says about itself. */
export const SPECS_MISSING =
  'skipped: the channel specs are not on this machine (set SPECS_DIR to their folder)';
