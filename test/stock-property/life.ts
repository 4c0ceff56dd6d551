// The kinds of steps of a life, and what the people of a world have in their sheet and the shops in their books.

import type { Cell, SubmittedRow } from '../../shared/api/rows.ts';
import type { LineCounts, OrderSnapshot, OrderState } from '../../shared/model/order.ts';
import type { Rule } from '../../shared/model/rule.ts';
import type { PeopleTabId } from '../../shared/tabs/people-tabs.ts';
import type { ModelStore, place } from './model.ts';
import type * as documents from './model-documents.ts';
import type * as orders from './model-orders.ts';
import type { StockWorld } from './world.ts';

/** How a person's rows reach the server. */
export const SENDINGS = ['once', 'twice', 'twice at once', 'answer lost'] as const;
export type Sending = (typeof SENDINGS)[number];

export type AdjustRow = {
  readonly sku: string;
  readonly warehouse: number;
  readonly action: 'add' | 'subtract' | 'set';
  readonly quantity: number;
  /** Null: none; -1: the true one. */
  readonly seen: number | null;
};
type CountRow = { readonly sku: string; readonly warehouse: number; readonly counted: number };
export type DeliveryRow = {
  /** Null: a new row; else one that was made before. */
  readonly nth: number | null;
  readonly sku: string;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
  readonly action: number;
  readonly receiveNow: number | null;
};
export type OrderRow = {
  readonly store: number;
  readonly id: number;
  readonly lines: readonly {
    readonly counts: LineCounts;
    readonly location: number;
    readonly otherSku: boolean;
    readonly isThere: boolean;
  }[];
  readonly state: OrderState;
  /** False: no webhook comes; the next pull or a later reading finds it. */
  readonly isTold: boolean;
};

export type Step =
  | { readonly kind: 'adjust'; readonly rows: readonly AdjustRow[]; readonly sending: Sending }
  | {
      readonly kind: 'count';
      readonly rows: readonly CountRow[];
      readonly rest: boolean;
      /** So many steps ago; null: now. */
      readonly ago: number | null;
      readonly sending: Sending;
    }
  | {
      readonly kind: 'purchase' | 'transfer';
      readonly rows: readonly DeliveryRow[];
      readonly sending: Sending;
    }
  | {
      readonly kind: 'whole';
      readonly of: 'purchase' | 'transfer';
      readonly nth: number;
      readonly action: number;
    }
  | { readonly kind: 'reverse'; readonly nths: readonly number[] }
  | { readonly kind: 'orders'; readonly rows: readonly OrderRow[] }
  | { readonly kind: 'reread'; readonly nths: readonly number[] }
  | { readonly kind: 'compose'; readonly rows: readonly orders.Component[] }
  | {
      readonly kind: 'rules';
      readonly rows: readonly { readonly store: number; readonly sku: string; readonly rule: Rule | null }[];
    }
  | { readonly kind: 'map'; readonly store: number; readonly warehouses: readonly number[] }
  | { readonly kind: 'switch'; readonly store: number; readonly fromNow: boolean }
  | { readonly kind: 'push' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'resend'; readonly nth: number; readonly isEdited: boolean }
  | { readonly kind: 'crowd'; readonly adds: readonly AdjustRow[]; readonly orders: readonly OrderRow[] };

export type Truth = orders.OrderReading & { readonly snapshot: OrderSnapshot; readonly store: number };
export type Sent = { readonly tab: PeopleTabId; readonly rows: readonly SubmittedRow[] };
export type SheetRow = {
  readonly rowId: string;
  cells: Record<string, Cell>;
  line: documents.ModelDelivery | null;
  /** Not told of the newest step of its line. */
  isStale: boolean;
};

/** What the people of a world have in their sheet, and the shops in their books. */
export type StockLife = {
  readonly world: StockWorld;
  /** Rows that can be reversed, by their reference. */
  readonly postings: (readonly [reference: string, posting: documents.Posting])[];
  readonly deliveries: Readonly<Record<'purchase' | 'transfer', SheetRow[]>>;
  readonly truths: Map<string, Truth>;
  readonly told: Truth[];
  readonly sent: Sent[];
  /** In stock after each step. */
  readonly past: {
    readonly at: Date;
    readonly places: ReadonlyMap<string, Readonly<ReturnType<typeof place>>>;
  }[];
  readonly counter: { rows: number; orders: number; commands: number };
};

export const startLife = (world: StockWorld): StockLife => ({
  world,
  postings: [],
  deliveries: { purchase: [], transfer: [] },
  truths: new Map(),
  told: [],
  sent: [],
  past: [],
  counter: { rows: 0, orders: 1_000, commands: 0 },
});

export const nextRow = ({ world, counter }: StockLife): string => {
  counter.rows += 1;
  return `${world.name} row ${counter.rows}`;
};

export const pick = <Item>(items: readonly Item[], nth: number): Item | undefined =>
  items.length === 0 ? undefined : items[nth % items.length];

export const storeOf = (
  { world }: StockLife,
  index: number,
): { model: ModelStore; id: StockWorld['stores'][number]['id'] } => {
  const [model, real] = [world.model.stores[index], world.stores[index]];
  if (model === undefined || real === undefined) throw new Error('There is no such store.');
  return { model, id: real.id };
};
