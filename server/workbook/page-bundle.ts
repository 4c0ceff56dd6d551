// Builds the browser page into memory: one script, one stylesheet, and the HTML that carries the page's token.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** In the order they build on one another. */
const STYLES = ['page', 'grid', 'side', 'messages'];
const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

export type PageBundle = {
  readonly script: string;
  readonly style: string;
  readonly html: (token: string, nonce: string) => string;
};

export async function buildPage(): Promise<PageBundle> {
  const [result, styles, html] = await Promise.all([
    build({
      entryPoints: { page: `${PAGE}main.ts` },
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      logLevel: 'silent',
    }),
    Promise.all(STYLES.map((name) => readFile(`${PAGE}${name}.css`, 'utf8'))),
    readFile(`${PAGE}page.html`, 'utf8'),
  ]);
  return {
    script: result.outputFiles[0]?.text ?? '',
    style: styles.join('\n'),
    html: (token, nonce) => html.replace('PAGE_TOKEN', token).replace('PAGE_NONCE', nonce),
  };
}
