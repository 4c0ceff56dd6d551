// What the script's thread may ask of the main thread, which holds the workbook and the network.

import type { MergeKind } from '../merges.ts';
import type { Area, CellFormat, SheetShape } from '../sheet-shape.ts';

/** How much a script may do, as Google grants it: NONE and LIMITED are what onOpen gets, CUSTOM what a cell's function gets. */
export const AUTH_MODES = ['NONE', 'LIMITED', 'CUSTOM', 'FULL'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

export type ScriptCell = string | number | boolean;
/** A number whose format makes a day of it: the script gets a Date, of the moment `atMs`. */
export type DayCell = { readonly serial: number; readonly atMs: number };

export type ScriptTab = {
  readonly id: number;
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly hidden: boolean;
};

export type ScriptRule =
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly strict: boolean }
  | { readonly kind: 'tick' };

/** A block of cells; rows and columns count from 1. */
export type Block = {
  readonly tabId: number;
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
};

export type ProtectionChange = {
  readonly description?: string;
  readonly warningOnly?: boolean;
  readonly editors?: readonly string[];
  readonly unprotected?: readonly Area[];
};

export type SortKey = { readonly column: number; readonly ascending: boolean };

/** The workbook as a script sees it. Errors carry Google's own wording. */
export type ScriptWorkbook = {
  readonly id: () => string;
  readonly title: () => string;
  readonly timeZone: () => string;
  readonly tabs: () => Promise<readonly ScriptTab[]>;
  /** Everything of a tab but its cells. */
  readonly shape: (tabId: number) => Promise<SheetShape>;
  readonly addTab: (name: string) => Promise<ScriptTab>;
  readonly deleteTab: (tabId: number) => Promise<void>;
  readonly renameTab: (tabId: number, name: string) => Promise<void>;
  readonly hideTab: (tabId: number, hidden: boolean) => Promise<void>;
  /** `position` counts from 1. */
  readonly moveTab: (tabId: number, position: number) => Promise<void>;
  /** The last row and column with content; 0 when the tab is empty. */
  readonly extent: (tabId: number) => Promise<{ row: number; column: number }>;
  readonly insertRows: (tabId: number, afterRow: number, count: number) => Promise<void>;
  readonly deleteRows: (tabId: number, row: number, count: number) => Promise<void>;
  readonly insertColumns: (tabId: number, afterColumn: number, count: number) => Promise<void>;
  readonly deleteColumns: (tabId: number, column: number, count: number) => Promise<void>;
  readonly sort: (block: Block, keys: readonly SortKey[]) => Promise<void>;
  readonly read: (block: Block) => Promise<(ScriptCell | DayCell)[][]>;
  readonly readFormulas: (block: Block) => Promise<string[][]>;
  readonly write: (block: Block, values: readonly (readonly (ScriptCell | null)[])[]) => Promise<void>;
  /** The same value into every cell of several blocks, at once. */
  readonly writeSame: (blocks: readonly Block[], value: ScriptCell) => Promise<void>;
  readonly readNotes: (block: Block) => Promise<string[][]>;
  readonly writeNotes: (block: Block, notes: readonly (readonly string[])[]) => Promise<void>;
  readonly setFormat: (block: Block, format: CellFormat) => Promise<void>;
  readonly setRule: (block: Block, rule: ScriptRule | null) => Promise<void>;
  /** Of a tab and its columns; null: of all tabs. */
  readonly tags: (
    tabId: number | null,
  ) => Promise<readonly { tabId: number; key: string; value: string; column: number | null; id: number }[]>;
  /** `column` null: the tab itself. */
  readonly tag: (tabId: number, column: number | null, key: string, value: string) => Promise<void>;
  readonly untag: (tabId: number, id: number) => Promise<void>;
  readonly setColumns: (
    tabId: number,
    column: number,
    count: number,
    change: { readonly widthPx?: number; readonly hidden?: boolean },
  ) => Promise<void>;
  readonly freeze: (tabId: number, axis: 'rows' | 'columns', count: number) => Promise<void>;
  readonly protect: (tabId: number, area: Area) => Promise<number>;
  readonly changeProtection: (tabId: number, id: number, change: ProtectionChange) => Promise<void>;
  readonly unprotect: (tabId: number, id: number) => Promise<void>;
  /** Rules as the Sheets API has them. */
  readonly setConditionalRules: (tabId: number, rules: readonly object[]) => Promise<void>;
  readonly merge: (block: Block, kind: MergeKind) => Promise<void>;
  readonly unmerge: (block: Block) => Promise<void>;
};

export type MenuItem =
  | { readonly label: string; readonly functionName: string }
  | { readonly separator: true };
export type ScriptMenu = { readonly title: string; readonly items: readonly MenuItem[] };

export const DIALOG_BUTTONS = ['OK', 'CANCEL', 'YES', 'NO', 'CLOSE'] as const;
export type DialogButton = (typeof DIALOG_BUTTONS)[number];

export type Dialog = {
  readonly kind: 'alert' | 'prompt';
  readonly title: string;
  readonly message: string;
  readonly buttons: readonly DialogButton[];
};

/** A page of the add-on's own, beside the grid or in front of it. */
export type HtmlPage = {
  readonly kind: 'sidebar' | 'dialog';
  readonly title: string;
  readonly html: string;
  readonly widthPx: number;
  readonly heightPx: number;
};

/** The cells a person has selected while their script runs. */
export type Selection = Block;

/** Where the script's dialogs appear: the page of the person who clicked. */
export type ScriptUi = {
  readonly dialog: (dialog: Dialog) => Promise<{ button: DialogButton; text: string }>;
  readonly toast: (toast: { title: string; message: string; seconds: number }) => void;
  readonly showHtml?: (page: HtmlPage) => void;
  readonly activate?: (place: { tabId: number; row: number; column: number }) => void;
};

export type FetchRequest = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly followRedirects: boolean;
};

export type FetchAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const SCOPES = ['document', 'script', 'user'] as const;
export type Scope = (typeof SCOPES)[number];

export type ScriptTrigger = {
  readonly id: string;
  readonly functionName: string;
  readonly everyMinutes: number;
};

export type HostCalls = ScriptWorkbook & {
  readonly showMenu: (menu: ScriptMenu) => void;
  readonly dialog: ScriptUi['dialog'];
  readonly toast: ScriptUi['toast'];
  readonly showHtml: (page: HtmlPage) => void;
  readonly activate: (place: { tabId: number; row: number; column: number }) => void;
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  readonly fetchAll: (requests: readonly FetchRequest[]) => Promise<readonly FetchAnswer[]>;
  readonly getProperties: (scope: Scope) => Promise<Readonly<Record<string, string>>>;
  readonly setProperties: (scope: Scope, values: Readonly<Record<string, string>>) => Promise<void>;
  readonly deleteProperties: (scope: Scope, keys: readonly string[] | null) => Promise<void>;
  readonly getCached: (scope: Scope, keys: readonly string[]) => Readonly<Record<string, string>>;
  readonly putCached: (scope: Scope, values: Readonly<Record<string, string>>, seconds: number) => void;
  readonly removeCached: (scope: Scope, keys: readonly string[]) => void;
  readonly lock: (scope: Scope, waitMs: number) => Promise<boolean>;
  readonly unlock: (scope: Scope) => void;
  readonly triggers: () => Promise<readonly ScriptTrigger[]>;
  readonly addTrigger: (functionName: string, everyMinutes: number) => Promise<ScriptTrigger>;
  readonly deleteTrigger: (id: string) => Promise<void>;
  readonly identityToken: () => string | null;
  /** What the script's clock says, where it is played. */
  readonly nowMs: () => number;
};
