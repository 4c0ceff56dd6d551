// Developer metadata of a tab and its columns: what columns are found by, wherever people have moved them.

import type { HostCalls } from './calls.ts';
import type { ServiceWorld } from './service-world.ts';

type Tag = Awaited<ReturnType<HostCalls['tags']>>[number];

/** `sheetOf`: how a tab is shown to scripts. `tabId` null: the whole spreadsheet is searched. */
export function tagFinder(world: ServiceWorld, sheetOf: (tabId: number) => unknown, tabId: number | null) {
  let [type, key, value]: (string | null)[] = [null, null, null];
  const finder = {
    withLocationType: (wanted: unknown) => {
      if (wanted !== 'COLUMN' && wanted !== 'SHEET') throw world.toError('Invalid argument: locationType');
      type = wanted;
      return finder;
    },
    withKey: (wanted: unknown) => {
      key = String(wanted);
      return finder;
    },
    withValue: (wanted: unknown) => {
      value = String(wanted);
      return finder;
    },
    find: () =>
      world
        .call('tags', tabId)
        .filter(
          (tag) =>
            (type === null || (tag.column === null) === (type === 'SHEET')) &&
            (key === null || tag.key === key) &&
            (value === null || tag.value === value),
        )
        .map((tag) => metadata(world, sheetOf, tag)),
  };
  return finder;
}

function metadata(world: ServiceWorld, sheetOf: (tabId: number) => unknown, tag: Tag) {
  return {
    getId: () => tag.id,
    getKey: () => tag.key,
    getValue: () => tag.value,
    remove: () => world.call('untag', tag.tabId, tag.id),
    getLocation: () => ({
      getLocationType: () => (tag.column === null ? 'SHEET' : 'COLUMN'),
      getSheet: () => (tag.column === null ? sheetOf(tag.tabId) : null),
      getColumn: () => (tag.column === null ? null : { getColumn: () => tag.column }),
    }),
  };
}
