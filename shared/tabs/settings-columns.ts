// The columns after a setting's own: a row of such a tab is one setting, saved again whenever it is changed and submitted.

import { answerColumns, stepColumn } from './row-columns.ts';
import { column, type TabColumn } from './tab.ts';

export const SETTING_ACTIONS = ['save', 'remove'] as const;
export type SettingAction = (typeof SETTING_ACTIONS)[number];

export const settingEnd: readonly TabColumn[] = [
  column('action', 'Action', 'dropdown', 85, 'save (also when empty) or remove.', {
    choices: { values: SETTING_ACTIONS, strict: true },
  }),
  ...answerColumns,
  stepColumn,
];
