// Pictures of what a test sees, for whoever looks into a run: in SCREENSHOTS_DIR, or in a folder that git ignores.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

const FOLDER = process.env['SCREENSHOTS_DIR'] ?? join('coverage', 'screenshots');

/** Writes the picture of a page, or of a part of it, under a name. */
export async function takeScreenshot(of: Page | Locator, name: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await of.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
}
