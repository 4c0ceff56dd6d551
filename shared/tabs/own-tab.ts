// Which tab of a spreadsheet is ours, whatever people call it; and which one only bears a name of ours and belongs to the shop.

import { type TabDefinition, UPDATED_HEADERS, UPDATED_KEY } from './tab.ts';

/** Metadata of a tab of ours: the name in our definition. */
export const TAB_TAG = 'stocksheet.tab';
/** Metadata of a tab of the shop that had to give its name up: the name. */
export const ASIDE_TAG = 'stocksheet.aside';

const TITLE_LENGTH_MAX = 100;

export type NamedTab = { readonly title: string; readonly tag: string | null };

/** Google tells no two tabs apart by case alone. */
export const bearsName = ({ title }: Pick<NamedTab, 'title'>, name: string): boolean =>
  title.toLowerCase() === name.toLowerCase();

/** A copy of a tab carries its tag along: the one that bears the name goes first. */
export function taggedTab<Tab extends NamedTab>(name: string, tabs: readonly Tab[]): Tab | null {
  const tagged = tabs.filter(({ tag }) => tag === name);
  return tagged.find((tab) => bearsName(tab, name)) ?? tagged[0] ?? null;
}

/** One that bears the name and is tagged as nothing else: ours or the shop's, see `isOurs`. */
export const untaggedTab = <Tab extends NamedTab>(name: string, tabs: readonly Tab[]): Tab | null =>
  tabs.find((tab) => tab.tag === null && bearsName(tab, name)) ?? null;

export type TabContent = {
  /** Keys of the columns that are tagged. */
  readonly tagged: Iterable<string>;
  readonly head: readonly unknown[];
  readonly isEmpty: boolean;
};

/**
 * Whether an untagged tab that bears our name may be written in: nothing is in it, or it is an earlier one of ours that lost its
 * tag. A shop's own tab may have some of our headers, and hardly all of them.
 */
export function isOurs(definition: TabDefinition, { tagged, head, isEmpty }: TabContent): boolean {
  if (isEmpty) return true;
  const keys = new Set(definition.columns.map(({ key }) => key));
  if ([...tagged].some((key) => keys.has(key))) return true;
  const places = placesByHeader(definition, head);
  return definition.columns.every(({ key, hidden }) => hidden || key === UPDATED_KEY || places.has(key));
}

/** The index of each column whose header is there as we write it. */
export function placesByHeader({ columns }: TabDefinition, head: readonly unknown[]): Map<string, number> {
  const there = head.map((cell) => String(cell).trim().toLowerCase());
  const places = new Map<string, number>();
  for (const { key, header } of columns) {
    const wanted = header.toLowerCase();
    const isHeader = (text: string): boolean =>
      key === UPDATED_KEY
        ? UPDATED_HEADERS.some((start) => text.startsWith(start.toLowerCase()))
        : text === wanted;
    const place = there.findIndex((text, index) => isHeader(text) && ![...places.values()].includes(index));
    if (place >= 0) places.set(key, place);
  }
  return places;
}

/** What a tab of the shop is called once its name is needed. */
export function asideTitle(title: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? ' (yours)' : ` (yours ${number})`;
    const free = title.slice(0, TITLE_LENGTH_MAX - end.length) + end;
    if (!taken.some((other) => bearsName({ title: other }, free))) return free;
  }
}

/** What people are told of it. */
export const asideInWords = (name: string, title: string): string =>
  `Your tab "${name}" is called "${title}" now, because Stocksheet writes a tab of that name. Nothing in it was changed.`;
