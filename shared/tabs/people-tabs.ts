// The tabs that people write rows in, each under the word it has in the address of the API.

import { ADJUSTMENTS_TAB } from './adjustments.ts';
import type { TabDefinition } from './tab.ts';

export type PeopleTab = { readonly id: string; readonly definition: TabDefinition };

export const PEOPLE_TABS = [
  { id: 'adjustments', definition: ADJUSTMENTS_TAB },
] as const satisfies readonly PeopleTab[];

export type PeopleTabId = (typeof PEOPLE_TABS)[number]['id'];
