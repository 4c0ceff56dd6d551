// An add-on's own page as the browser gets it: in a sandbox of its own origin, with a stand-in for google.script in front.

import { readFile } from 'node:fs/promises';

const SHIM = new URL('./page/google-script.js', import.meta.url);

/** Inline code is what such pages are made of; a network of their own they have not. */
export const ADDON_PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads',
].join('; ');

/** `functions`: what google.script.run offers; a name that is not there is undefined, as with Google. */
export async function addonPage(html: string, functions: readonly string[], origin: string): Promise<string> {
  const shim = (await readFile(SHIM, 'utf8'))
    .replace(/(['"])FUNCTIONS\1/, () => JSON.stringify(functions))
    .replace(/(['"])ORIGIN\1/, () => JSON.stringify(origin));
  // Google adds the same base: links leave the frame.
  const head = `<base target="_top"><script>${shim}</script>`;
  return /<head[^>]*>/i.test(html)
    ? html.replace(/<head[^>]*>/i, (tag) => tag + head)
    : `<!doctype html><html><head>${head}</head><body>${html}</body></html>`;
}
