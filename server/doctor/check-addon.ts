// Checks the add-on that was built on this computer: for which address, and with the permissions it needs.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Finding, note, ok } from './finding.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const Manifest = z.object({
  oauthScopes: z.array(z.string()).default([]),
  urlFetchWhitelist: z.array(z.string()).default([]),
});

/** It may have been built and pushed elsewhere, so nothing here is wrong for certain. */
export async function checkAddon(publicUrl: string, repository = REPOSITORY): Promise<readonly Finding[]> {
  const build = `npm run build -- ${publicUrl}, then npx clasp push`;
  const built = await readManifest(join(repository, 'addon/dist/appsscript.json'));
  if (built === null)
    return [note('Add-on', `It was not built on this computer. If the sheet has none yet: ${build}.`)];
  const asked = await readManifest(join(repository, 'appsscript.json'));
  const missing = (asked?.oauthScopes ?? []).filter((scope) => !built.oauthScopes.includes(scope));
  if (missing.length > 0)
    return [
      note(
        'Add-on',
        `What was built here asks for too few permissions (${missing.join(', ')}). Run ${build}.`,
      ),
    ];
  const allowed = built.urlFetchWhitelist;
  if (allowed.length > 0 && !allowed.some((prefix) => `${publicUrl}/`.startsWith(prefix)))
    return [note('Add-on', `What was built here may only call ${allowed.join(', ')}. Run ${build}.`)];
  return [ok('Add-on', 'built for this address, with the permissions it needs')];
}

async function readManifest(file: string): Promise<z.infer<typeof Manifest> | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  try {
    return Manifest.parse(JSON.parse(text ?? ''));
  } catch {
    return null; // as good as none: it is to be built anew
  }
}
