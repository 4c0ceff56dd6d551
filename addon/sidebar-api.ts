// What the sidebar and the add-on's script say to each other, and what both must read the same way in it.

import type { MeAnswer } from '../shared/api/people.ts';
import type { ProblemsAnswer } from '../shared/api/problems.ts';
import type { StoreView } from '../shared/api/stores.ts';

export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string };

/** Rows of a tab that people write in, counted by what they need. */
export type RowsState = {
  readonly tab: string;
  /** Refused ones among them, which may have been mended since. */
  readonly ticked: number;
  readonly refused: readonly number[];
  readonly waiting: number;
};

export type TriggerState = {
  /** Null: the sheet does not look by itself yet. */
  readonly everyMs: number | null;
  readonly lastRunAt: string | null;
};

/** It misses a run now and then; this long without one, Google has stopped it or it failed. */
export const isSilent = ({ everyMs, lastRunAt }: TriggerState, nowMs: number): boolean =>
  everyMs !== null && (lastRunAt === null || nowMs - Date.parse(lastRunAt) >= 3 * everyMs);

export type HomeState = {
  /** Null: this sheet is not connected to a server. */
  readonly address: string | null;
  /** Why the server could not be asked, in a sentence; what the sheet itself knows is shown all the same. */
  readonly problem: string | null;
  readonly me: MeAnswer | null;
  readonly stores: readonly StoreView[];
  readonly problems: ProblemsAnswer['problems'];
  readonly rows: readonly RowsState[];
  /** The SKU of the selected row. */
  readonly sku: string | null;
  /** The SKUs of the rows that are selected in Low stock. */
  readonly lowSkus: readonly string[];
  readonly trigger: TriggerState;
  readonly checkedAt: string;
};
