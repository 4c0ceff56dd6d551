// Builds the add-on for Apps Script: one script file whose top-level functions are exactly the exports of main.ts, and the
// sidebar as one HTML file.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ADDON = fileURLToPath(new URL('.', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const GLOBAL_NAME = 'Stocksheet';

export type AddonBuild = {
  /** The folder that now holds Code.js, Sidebar.html and appsscript.json, ready for `clasp push`. */
  readonly outdir: string;
  readonly code: string;
  /** The text of Sidebar.html. */
  readonly sidebar: string;
  /** The functions that Google may call by name. */
  readonly functions: readonly string[];
};

/**
 * Builds into `outdir`. `serverAddresses` are the HTTPS prefixes that the script may call (urlFetchWhitelist); with none
 * the manifest names none, which Google accepts for a script that belongs to one sheet.
 */
export async function buildAddon(
  outdir: string,
  options: { readonly serverAddresses?: readonly string[] } = {},
): Promise<AddonBuild> {
  const functions = await exportedFunctions();
  const docs = documentation(await readFile(join(ADDON, 'main.ts'), 'utf8'));
  const wrappers = functions.map(
    (name) =>
      `${docs.get(name) ?? ''}function ${name}() { return ${GLOBAL_NAME}.${name}.apply(this, arguments); }`,
  );
  const result = await build({
    ...bundleOptions(),
    format: 'iife',
    globalName: GLOBAL_NAME,
    // esbuild drops this tag from the sources, and without it Google asks for access to every spreadsheet.
    banner: { js: '/** @OnlyCurrentDoc */' },
    footer: { js: wrappers.join('\n') },
  });
  const code = result.outputFiles[0]?.text ?? '';
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'Code.js'), code);
  await writeFile(join(outdir, 'appsscript.json'), await manifest(options.serverAddresses ?? []));
  const sidebar = await buildSidebar();
  await writeFile(join(outdir, 'Sidebar.html'), sidebar);
  return { outdir, code, sidebar, functions };
}

/** Google offers a formula in cells, with its explanation, only by this comment, which esbuild drops. */
function documentation(source: string): ReadonlyMap<string, string> {
  const found = source.matchAll(
    /^(\/\*\*(?:(?!\*\/)[\s\S])*@customfunction\s+\*\/\n)export function (\w+)/gm,
  );
  return new Map([...found].map(([, comment = '', name = '']) => [name, comment]));
}

/** One file, with its style and its script inside: Google serves no other. */
export async function buildSidebar(): Promise<string> {
  const folder = join(ADDON, 'sidebar');
  const result = await build({
    entryPoints: [join(folder, 'main.tsx')],
    absWorkingDir: REPOSITORY,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  });
  const [page, style] = await Promise.all(
    ['sidebar.html', 'sidebar.css'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  // Functions as replacements: a dollar sign in the script means nothing special.
  const script = (result.outputFiles[0]?.text ?? '').replace(/<\/(script)/gi, '<\\/$1');
  return (page ?? '')
    .replace('/*STYLE*/', () => (style ?? '').replace(/\s+/g, ' '))
    .replace('/*SCRIPT*/', () => script.trim());
}

function bundleOptions() {
  return {
    entryPoints: { Code: join(ADDON, 'main.ts') },
    absWorkingDir: REPOSITORY,
    bundle: true,
    write: false,
    metafile: true,
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    // Google reads the whole script anew for every click.
    minify: true,
    logLevel: 'silent',
  } as const;
}

/** esbuild lists exports only for the ES module format, so the names come from a build that is thrown away. */
async function exportedFunctions(): Promise<string[]> {
  const { metafile } = await build({ ...bundleOptions(), format: 'esm' });
  return Object.values(metafile.outputs)
    .flatMap((output) => output.exports)
    .sort();
}

async function manifest(serverAddresses: readonly string[]): Promise<string> {
  const content = JSON.parse(await readFile(join(REPOSITORY, 'appsscript.json'), 'utf8'));
  const addresses = serverAddresses.map(toAllowedPrefix);
  const complete = addresses.length === 0 ? content : { ...content, urlFetchWhitelist: addresses };
  return `${JSON.stringify(complete, null, 2)}\n`;
}

function toAllowedPrefix(address: string): string {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:') {
    throw new Error(`"${address}" cannot be called from Google: give the server's public address, https://…`);
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

if (import.meta.main) {
  const dist = join(ADDON, 'dist');
  // clasp pushes whatever lies there: a file of an earlier build must not go along.
  await rm(dist, { recursive: true, force: true });
  const built = await buildAddon(dist, { serverAddresses: process.argv.slice(2) });
  process.stdout.write(
    `Built ${built.outdir} (${built.code.length + built.sidebar.length} characters): ${built.functions.join(', ')}\n`,
  );
}
