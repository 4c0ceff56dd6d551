// Says which tab is ours and what each shall be called, so that no two want one name and nothing of a shop's own tab is lost.

import {
  asideTitle,
  bearsName,
  isOurs,
  placesByHeader,
  taggedTab,
  untaggedTab,
} from '../../shared/tabs/own-tab.ts';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import type { FoundTab, SheetGateway } from './gateway.ts';
import type { Cell } from './row.ts';

export type Claim = {
  readonly definition: TabDefinition;
  /** Null: it is not there. */
  readonly tab: FoundTab | null;
  /** Where columns are that lost their tags, by key. */
  readonly places: ReadonlyMap<string, number>;
};

/** A tab that gives its name up. `isTheirs`: for good; one of ours gets its own name back. */
type Aside = { readonly tab: FoundTab; readonly title: string; readonly isTheirs: boolean };

export type Mend = Claim & {
  /** What the tab shall be called. */
  readonly title: string;
  /** Of a tab that is made. */
  readonly sheetId: number;
  readonly aside: readonly Aside[];
};

const NOWHERE: ReadonlyMap<string, number> = new Map();

/** Ours by its tag, whatever it is called. Untagged ones that bear a name of ours are looked into; there are next to never any. */
export async function claimTabs(
  gateway: Pick<SheetGateway, 'readHeads' | 'readTyped'>,
  definitions: readonly TabDefinition[],
  tabs: readonly FoundTab[],
): Promise<readonly Claim[]> {
  const doubtful = definitions.flatMap((definition) => {
    if (taggedTab(definition.name, tabs) !== null) return [];
    return untaggedTab(definition.name, tabs) ?? [];
  });
  const lines = await gateway.readHeads(doubtful.map(({ title }) => title));
  const heads = new Map(doubtful.map((tab, index) => [tab, lines[index] ?? []]));
  const claims: Claim[] = [];
  for (const definition of definitions) {
    const tagged = taggedTab(definition.name, tabs);
    const named = tagged === null ? untaggedTab(definition.name, tabs) : null;
    claims.push(
      named === null
        ? { definition, tab: tagged, places: NOWHERE }
        : await claimUntagged(gateway, definition, named, heads.get(named) ?? []),
    );
  }
  return claims;
}

async function claimUntagged(
  gateway: Pick<SheetGateway, 'readTyped'>,
  definition: TabDefinition,
  tab: FoundTab,
  head: readonly Cell[],
): Promise<Claim> {
  const isEmpty = head.length === 0 && (await isBlank(gateway, tab));
  const isClaimed = isOurs(definition, { tagged: tab.columns.keys(), head, isEmpty });
  if (!isClaimed) return { definition, tab: null, places: NOWHERE };
  const taken = new Set(tab.columns.values());
  const untagged = [...placesByHeader(definition, head)].filter(
    ([key, place]) => !tab.columns.has(key) && !taken.has(place),
  );
  return { definition, tab, places: new Map(untagged) };
}

export const isBlank = async (
  gateway: Pick<SheetGateway, 'readTyped'>,
  { title }: FoundTab,
): Promise<boolean> => (await gateway.readTyped(title)).length === 0;

/**
 * The server's tabs are called as every message calls them. A tab that people write in keeps the name they gave it, as its
 * headers do.
 */
export function planMends(
  claims: readonly Claim[],
  tabs: readonly FoundTab[],
  newSheetId: (name: string, taken: readonly number[]) => number,
): readonly Mend[] {
  const owned = new Set(
    claims.flatMap(({ definition, tab }) => (definition.owner === 'server' ? (tab ?? []) : [])),
  );
  const ids = tabs.map(({ sheetId }) => sheetId);
  // As they are called once the mends before have been made.
  const titles = new Map(tabs.map((tab) => [tab, tab.title]));
  return claims.map((claim) => {
    const { definition, tab } = claim;
    const { name, owner } = definition;
    const sheetId = newSheetId(name, ids);
    if (owner === 'people' && tab !== null) return { ...claim, title: tab.title, sheetId, aside: [] };
    const bearers = [...titles].filter(([other, title]) => other !== tab && bearsName({ title }, name));
    const aside = bearers.map(([bearer, before]): Aside => {
      const title = asideTitle(before, [...titles.values()]);
      titles.set(bearer, title);
      return { tab: bearer, title, isTheirs: !owned.has(bearer) };
    });
    if (tab !== null) titles.set(tab, name);
    return { ...claim, title: name, sheetId, aside };
  });
}

/** What people should be told of their tabs. */
export type TabNews = {
  readonly asides: readonly { readonly sheetId: number; readonly name: string; readonly title: string }[];
  /** Tabs that look like one that people write in, and are not the one that counts. */
  readonly doubles: readonly { readonly sheetId: number; readonly title: string; readonly counts: string }[];
};

export function newsOf(definitions: readonly TabDefinition[], tabs: readonly FoundTab[]): TabNews {
  return {
    asides: tabs.flatMap(({ sheetId, title, gaveUp }) =>
      gaveUp === null ? [] : [{ sheetId, name: gaveUp, title }],
    ),
    doubles: definitions.flatMap((definition) => doublesOf(definition, tabs)),
  };
}

function doublesOf({ name, owner, columns }: TabDefinition, tabs: readonly FoundTab[]): TabNews['doubles'] {
  const ours = taggedTab(name, tabs);
  if (owner !== 'people' || ours === null) return [];
  const isDouble = (tab: FoundTab): boolean =>
    tab.tag === name ||
    (tab.tag === null && bearsName(tab, name) && columns.some(({ key }) => tab.columns.has(key)));
  return tabs
    .filter((tab) => tab !== ours && isDouble(tab))
    .map(({ sheetId, title }) => ({ sheetId, title, counts: ours.title }));
}

export const doubleInWords = ({ title, counts }: TabNews['doubles'][number]): string =>
  `The tabs "${counts}" and "${title}" look the same. Only the rows of "${counts}" are submitted: move what you need over there, and delete "${title}".`;
