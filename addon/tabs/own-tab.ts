// Finds a tab of ours whatever people call it, and leaves a tab of the shop alone that only bears its name.

import { asideInWords, isOurs } from '../../shared/tabs/own-tab.ts';
import type { TabDefinition } from '../../shared/tabs/tab.ts';
import type { SheetPort, TabPort } from '../ports.ts';

export function findOwnTab(sheet: SheetPort, definition: TabDefinition): TabPort | null {
  const tab = sheet.tab(definition.name);
  if (tab === null) return null;
  const tag = tab.tag();
  if (tag !== null) return tag === definition.name ? tab : null;
  const [head = []] = tab.read(1, 1, 1, tab.columnCount());
  const content = { tagged: tab.taggedColumns().keys(), head, isEmpty: tab.lastRow() === 0 };
  if (!isOurs(definition, content)) return null;
  tab.tagAs(definition.name);
  return tab;
}

/** `repairs` hears what becomes of a tab that bears the name. */
export function makeOwnTab(sheet: SheetPort, { name }: TabDefinition, repairs: string[]): TabPort {
  const theirs = sheet.tab(name);
  if (theirs !== null) repairs.push(asideInWords(theirs.name, theirs.giveUpName()));
  repairs.push(`The tab "${name}" was made.`);
  return sheet.addTab(name);
}
