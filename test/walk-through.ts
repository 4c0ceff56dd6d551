// `npm run walk-through`: plays the browser tests and keeps, of the screenshots they take, those that the documentation shows.
// `-- <folder>` keeps those of a run that has been played already.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumPath, launchBrowser } from './support/browser.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PICTURES = join(ROOT, 'docs', 'pictures');
const PAGES = ['README.md', 'docs/walk-through.md'];
const TESTS = ['test/end-to-end/ten-tasks', 'addon/sidebar/'];
/** Small, and letters stay sharp. */
const QUALITY = 0.8;

const chromium = chromiumPath();
if (chromium === null) throw new Error('The walk-through needs Chromium. Install it, or set CHROMIUM_PATH.');
const [, , played] = process.argv;
const shots = played ?? (await mkdtemp(join(tmpdir(), 'stocksheet-walk-through-')));
try {
  if (played === undefined) await playTests(shots);
  await keepPictures(chromium, shots);
} finally {
  if (played === undefined) await rm(shots, { recursive: true, force: true });
}

async function playTests(folder: string): Promise<void> {
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--maxWorkers=1',
  ];
  const env = { ...process.env, CI: 'true', SCREENSHOTS_DIR: folder };
  const child = spawn(process.execPath, [...jest, ...TESTS], { cwd: ROOT, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('A task did not work, so its picture would be wrong. Nothing was changed.');
}

async function keepPictures(path: string, folder: string): Promise<void> {
  const texts = await Promise.all(PAGES.map((page) => readFile(join(ROOT, page), 'utf8')));
  const names = new Set(
    [...texts.join('\n').matchAll(/pictures\/([\w-]+)\.webp/g)].map(([, name]) => name ?? ''),
  );
  await mkdir(PICTURES, { recursive: true });
  const browser = await launchBrowser(path);
  const page = await browser.newPage();
  for (const name of names) {
    const png = await readFile(join(folder, `${name}.png`), 'base64');
    const webp = await page.evaluate(toWebp(png));
    await writeFile(join(PICTURES, `${name}.webp`), Buffer.from(String(webp), 'base64'));
  }
  await browser.close();
}

/** A program for the browser, as text: what it answers is the picture in base64. */
function toWebp(png: string): string {
  return `(async () => {
  const image = new Image();
  image.src = 'data:image/png;base64,${png}';
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL('image/webp', ${QUALITY}).split(',')[1];
})()`;
}
