// The HTML files of a built script project, by name without `.html`, as HtmlService knows them.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function readHtmlFiles(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.html'));
  const files = names.map(
    async (name): Promise<[string, string]> => [
      name.slice(0, -'.html'.length),
      await readFile(join(folder, name), 'utf8'),
    ],
  );
  return Object.fromEntries(await Promise.all(files));
}
