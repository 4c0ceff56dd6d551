// Developer metadata of a tab and its columns: what columns are found by, wherever people have moved them.

import type { HostCalls } from './calls.ts';
import type { ServiceWorld } from './service-world.ts';

type Tag = Awaited<ReturnType<HostCalls['columnTags']>>[number];

export function columnTagFinder(world: ServiceWorld, tabId: number) {
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
        .call('columnTags', tabId)
        .filter(
          (tag) =>
            (type === null || (tag.column === null) === (type === 'SHEET')) &&
            (key === null || tag.key === key) &&
            (value === null || tag.value === value),
        )
        .map((tag) => metadata(world, tabId, tag)),
  };
  return finder;
}

function metadata(world: ServiceWorld, tabId: number, tag: Tag) {
  return {
    getId: () => tag.id,
    getKey: () => tag.key,
    getValue: () => tag.value,
    remove: () => world.call('untag', tabId, tag.id),
    getLocation: () => ({
      getLocationType: () => (tag.column === null ? 'SHEET' : 'COLUMN'),
      getColumn: () => (tag.column === null ? null : { getColumn: () => tag.column }),
    }),
  };
}
