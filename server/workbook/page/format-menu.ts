// The page's own menu: merging cells and taking them apart, as every sheet offers it.

import type { ScriptMenu } from '../host/calls.ts';
import { MERGE_KINDS } from '../merges.ts';
import type { OpenTab } from './open-tab.ts';

export const FORMAT_MENU: ScriptMenu = {
  title: 'Format',
  items: [
    { label: 'Merge all', functionName: 'all' },
    { label: 'Merge horizontally', functionName: 'across' },
    { label: 'Merge vertically', functionName: 'vertically' },
    { separator: true },
    { label: 'Unmerge', functionName: 'unmerge' },
  ],
};

export async function format(tab: OpenTab | null, chosen: string): Promise<void> {
  await tab?.merge(MERGE_KINDS.find((kind) => kind === chosen) ?? null);
}
