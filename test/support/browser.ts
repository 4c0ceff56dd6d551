// A real Chromium for the tests that a person's clicks must pass.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is, or null on a machine without it. With CI=true a missing Chromium is an error. */
export function chromiumPath(): string | null {
  const path = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (existsSync(path)) return path;
  if (process.env['CI'] === 'true') {
    throw new Error(
      `There is no Chromium at ${path}. Install it or set CHROMIUM_PATH: CI must run these tests.`,
    );
  }
  return null;
}

/** Each launch has a new user data folder, made and removed by playwright. */
export function launchBrowser(path: string): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: FLAGS });
}

export const CHROMIUM_MISSING = 'skipped: there is no Chromium on this machine (set CHROMIUM_PATH)';
