// What the browser page and its routes say to each other.

import * as z from 'zod/mini';
import type { ConditionalRule } from './conditional.ts';
import type { Dialog, ScriptMenu } from './host/calls.ts';
import { MERGE_KINDS } from './merges.ts';
import type { Area, Bounds, CellFormat } from './sheet-shape.ts';

export type PageCell = string | number | boolean;

export type PageRule =
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly strict: boolean }
  | { readonly kind: 'tick' };

export type PageColumn = {
  /** Counts from 1; the letter above it follows from it. */
  readonly column: number;
  readonly key: string | null;
  readonly widthPx: number;
  readonly hidden: boolean;
  readonly editable: boolean;
  readonly rule: PageRule | null;
};

export type PageTab = {
  readonly id: number;
  readonly name: string;
  /** Rows of the grid, the header included. */
  readonly rows: number;
  readonly frozenRows: number;
  /** False when the server owns the tab. */
  readonly editable: boolean;
  readonly columns: readonly PageColumn[];
  readonly formats: readonly { readonly area: Area; readonly format: CellFormat }[];
  readonly conditional: readonly ConditionalRule[];
  readonly merges: readonly Bounds[];
};

export type PageRow = {
  readonly row: number;
  /** By column, from 1 at index 0; an empty cell is an empty string. */
  readonly cells: readonly PageCell[];
  readonly notes: Readonly<Record<number, string>>;
  /** What was typed where a formula stands, and why it came to nothing. */
  readonly formulas: Readonly<Record<number, { readonly formula: string; readonly error: string }>>;
};

export type PageRows = {
  readonly tab: PageTab;
  /** Rows are named as of this state. */
  readonly revision: number;
  readonly rows: readonly PageRow[];
};

const text = z.string().check(z.maxLength(50_000));
const cell = z.union([text, z.number(), z.boolean(), z.null(), z.strictObject({ formula: text })]);
export type PageInput = z.infer<typeof cell>;
const place = z.int().check(z.minimum(1), z.maximum(10_000_000));
const block = z.array(z.array(cell).check(z.maxLength(200))).check(z.minLength(1), z.maxLength(60_000));

export const pageEdit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cells'),
    /** One per line of values, as of the revision that the request names; they need not be neighbours. */
    rows: z.array(place).check(z.minLength(1), z.maxLength(60_000)),
    column: place,
    /** Null leaves a cell alone. */
    values: block,
    how: z.enum(['typed', 'pasted', 'raw']),
    /** A cell that holds something else by now is left alone: what undo sends. */
    expected: z.optional(block),
  }),
  z.strictObject({ kind: z.literal('insertRows'), before: place, count: place }),
  z.strictObject({ kind: z.literal('deleteRows'), rows: z.array(place).check(z.minLength(1)) }),
  z.strictObject({ kind: z.literal('restoreRows'), id: z.string() }),
  z.strictObject({
    kind: z.literal('sort'),
    column: place,
    descending: z.boolean(),
    /** Only these rows; without them, everything below the header. */
    fromRow: z.optional(place),
    toRow: z.optional(place),
  }),
  z.strictObject({ kind: z.literal('unsort'), id: z.string() }),
  z.strictObject({
    kind: z.literal('merge'),
    /** Null: what is merged there is taken apart. */
    how: z.nullable(z.enum(MERGE_KINDS)),
    rows: z.array(place).check(z.minLength(1), z.maxLength(60_000)),
    column: place,
    columns: place,
  }),
  z.strictObject({ kind: z.literal('unmerge'), id: z.string() }),
]);
export type PageEdit = z.infer<typeof pageEdit>;
export type CellsEdit = Extract<PageEdit, { kind: 'cells' }>;

export type PageEditResult =
  | {
      readonly ok: true;
      readonly revision: number;
      /** What takes it back, as of `revision`. */
      readonly undo: PageEdit | null;
      /** What the person should know although it went well. */
      readonly remark: string;
    }
  | { readonly ok: false; readonly message: string };

export const editRequest = z.strictObject({ tabId: z.int(), revision: z.int(), edit: pageEdit });
export const rowsRequest = z.strictObject({
  tabId: z.int(),
  rows: z.array(place).check(z.maxLength(2_000)),
});

const filter = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('contains'), column: place, text }),
  z.strictObject({ kind: z.literal('values'), column: place, values: z.array(text) }),
]);
export type PageFilter = z.infer<typeof filter>;
export const viewRequest = z.strictObject({
  tabId: z.int(),
  filters: z.array(filter).check(z.maxLength(50)),
  sort: z.nullable(z.strictObject({ column: place, descending: z.boolean() })),
});
export type PageView = z.infer<typeof viewRequest>;
export const valuesRequest = z.strictObject({ tabId: z.int(), column: place });
export const findRequest = z.strictObject({ tabId: z.int(), text });
export type PageMatch = { readonly row: number; readonly column: number };

/** Where a person is in the workbook while they run something; rows as of `revision`. */
const selection = z.strictObject({
  tabId: z.int(),
  row: place,
  column: place,
  rows: place,
  columns: place,
});
export type PageSelection = z.infer<typeof selection>;
export const runRequest = z.strictObject({
  functionName: z.string().check(z.maxLength(100)),
  arguments: z.optional(z.array(z.unknown()).check(z.maxLength(20))),
  client: z.string().check(z.maxLength(64)),
  selection: z.nullable(selection),
});
export type PageRun =
  | { readonly ok: true; readonly result?: unknown }
  | { readonly ok: false; readonly message: string };
export const dialogRequest = z.strictObject({
  id: z.string(),
  button: z.enum(['OK', 'CANCEL', 'YES', 'NO', 'CLOSE']),
  text: z.string().check(z.maxLength(10_000)),
});

export type PageChange = {
  /** Null: the list of tabs changed. */
  readonly tabId: number | null;
  /** Rows moved or the structure changed: read everything again. */
  readonly reshaped: boolean;
  /** Rows that changed otherwise; null: too many to name. */
  readonly rows: readonly number[] | null;
};

/** Sent over the event stream, by name. */
export type PageEvents = {
  readonly hello: { readonly client: string };
  readonly change: PageChange;
  readonly dialog: Dialog & { readonly id: string };
  readonly toast: { readonly title: string; readonly message: string; readonly seconds: number };
  /** An add-on's own page: beside the grid, or in front of it. Its address is html/<id>. */
  readonly html: { readonly id: string; readonly kind: 'sidebar' | 'dialog'; readonly title: string } & {
    readonly widthPx: number;
    readonly heightPx: number;
  };
  /** A script moved the person somewhere. */
  readonly activate: { readonly tabId: number; readonly row: number; readonly column: number };
};

export type PageMenus = { readonly menus: readonly ScriptMenu[] };
