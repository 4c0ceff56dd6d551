// What the script's thread may ask of the main thread, which holds the workbook and the network.

/** How much a script may do, as Google grants it: NONE and LIMITED are what onOpen gets. */
export const AUTH_MODES = ['NONE', 'LIMITED', 'FULL'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

export type ScriptCell = string | number | boolean;

export type ScriptTab = {
  readonly id: number;
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
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

/** The workbook as a script sees it. Errors carry Google's own wording. */
export type ScriptWorkbook = {
  readonly id: () => string;
  readonly tabs: () => Promise<readonly ScriptTab[]>;
  readonly addTab: (name: string) => Promise<ScriptTab>;
  /** The last row and column with content; 0 when the tab is empty. */
  readonly extent: (tabId: number) => Promise<{ row: number; column: number }>;
  readonly insertRows: (tabId: number, afterRow: number, count: number) => Promise<void>;
  readonly insertColumns: (tabId: number, afterColumn: number, count: number) => Promise<void>;
  readonly read: (block: Block) => Promise<ScriptCell[][]>;
  readonly write: (block: Block, values: readonly (readonly ScriptCell[])[]) => Promise<void>;
  readonly readNotes: (block: Block) => Promise<string[][]>;
  readonly writeNotes: (block: Block, notes: readonly (readonly string[])[]) => Promise<void>;
  readonly setFormat: (block: Block, format: string) => Promise<void>;
  readonly setRule: (block: Block, rule: ScriptRule | null) => Promise<void>;
  readonly columnTags: (tabId: number) => Promise<readonly { key: string; column: number }[]>;
  readonly tagColumn: (tabId: number, column: number, key: string, value: string) => Promise<void>;
  readonly hideColumns: (tabId: number, column: number, count: number) => Promise<void>;
  readonly freezeRows: (tabId: number, rows: number) => Promise<void>;
  readonly setColumnWidth: (tabId: number, column: number, widthPx: number) => Promise<void>;
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

/** Where the script's dialogs appear: the page of the person who clicked. */
export type ScriptUi = {
  readonly dialog: (dialog: Dialog) => Promise<{ button: DialogButton; text: string }>;
  readonly toast: (toast: { title: string; message: string; seconds: number }) => void;
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

export type HostCalls = ScriptWorkbook & {
  readonly showMenu: (menu: ScriptMenu) => void;
  readonly dialog: ScriptUi['dialog'];
  readonly toast: ScriptUi['toast'];
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  readonly getProperty: (key: string) => Promise<string | null>;
  readonly setProperty: (key: string, value: string) => Promise<void>;
  readonly deleteProperty: (key: string) => Promise<void>;
  readonly lock: (waitMs: number) => Promise<boolean>;
  readonly unlock: () => void;
};
