// What the browser page and its routes say to each other, and what the page needs of a workbook.

import * as z from 'zod/mini';
import type { Dialog, ScriptMenu } from './host/calls.ts';

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
};

export type PageRow = {
  readonly row: number;
  /** By column, from 1; an empty cell is an empty string. */
  readonly cells: readonly PageCell[];
  readonly notes: Readonly<Record<number, string>>;
};

export type PageRows = { readonly tab: PageTab; readonly rows: readonly PageRow[] };

export type PageEditResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

const cell = z.union([z.string().check(z.maxLength(50_000)), z.number(), z.boolean()]);
const place = z.int().check(z.minimum(1), z.maximum(10_000_000));

export const pageEdit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cells'),
    row: place,
    column: place,
    /** What the first cell held on the page: when it holds something else by now, rows may have moved. */
    was: z.optional(cell),
    values: z.array(z.array(cell).check(z.maxLength(200))).check(z.minLength(1), z.maxLength(50_000)),
  }),
  z.strictObject({ kind: z.literal('insertRow'), afterRow: place }),
  z.strictObject({ kind: z.literal('deleteRows'), row: place, count: place }),
]);
export type PageEdit = z.infer<typeof pageEdit>;

export const editRequest = z.strictObject({ tabId: z.int(), edit: pageEdit });
export const runRequest = z.strictObject({
  functionName: z.string().check(z.maxLength(100)),
  client: z.string().check(z.maxLength(64)),
});
export const dialogRequest = z.strictObject({
  id: z.string(),
  button: z.enum(['OK', 'CANCEL', 'YES', 'NO', 'CLOSE']),
  text: z.string().check(z.maxLength(10_000)),
});

/** What the page needs of the workbook. */
export type PageWorkbook = {
  readonly name: string;
  readonly tabs: () => Promise<readonly PageTab[]>;
  readonly rows: (tabId: number, fromRow: number, count: number) => Promise<PageRows>;
  /** As a person at the keyboard: protection and strict dropdowns are obeyed. */
  readonly edit: (tabId: number, edit: PageEdit) => Promise<PageEditResult>;
  /** Calls back after every change; returns how to stop. */
  readonly onChange: (listener: (change: { readonly tabId: number | null }) => void) => () => void;
};

/** Sent over the event stream, by name. */
export type PageEvents = {
  readonly hello: { readonly client: string };
  readonly change: { readonly tabId: number | null };
  readonly dialog: Dialog & { readonly id: string };
  readonly toast: { readonly title: string; readonly message: string; readonly seconds: number };
};

export type PageMenus = { readonly menus: readonly ScriptMenu[] };
