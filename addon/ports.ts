// What the add-on needs from its surroundings. google.ts gives the real things; unit tests give plain objects.

/** A cell as Google hands it over: an empty cell is an empty string, a date arrives as text. */
export type Cell = string | number | boolean;

export type CellRule =
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly strict: boolean }
  | { readonly kind: 'tick' };

export type StateColour = { readonly state: string; readonly background: string; readonly text: string };

/** Cells that are one, of which only the first says something. */
export type MergedBlock = {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
};

/** One tab. Rows and columns count from 1, as people see them; row 1 is the header. */
export type TabPort = {
  readonly name: string;
  /** Which of our tabs it is, whatever people call it; null: none, as far as its tag says. */
  readonly tag: () => string | null;
  readonly tagAs: (name: string) => void;
  /** Renames a tab of the shop that bears a name of ours. Answers what it is called now. */
  readonly giveUpName: () => string;
  readonly lastRow: () => number;
  readonly rowCount: () => number;
  readonly columnCount: () => number;
  readonly addColumns: (count: number) => void;
  /** Puts an empty row in before row 1. */
  readonly addTopRow: () => void;
  readonly read: (row: number, column: number, rows: number, columns: number) => Cell[][];
  readonly write: (row: number, column: number, values: readonly (readonly Cell[])[]) => void;
  /** Takes the ticks out of runs of rows, however many and scattered, and touches no other row. */
  readonly untick: (column: number, runs: readonly (readonly number[])[]) => void;
  readonly readNotes: (row: number, column: number, rows: number, columns: number) => string[][];
  readonly writeNotes: (row: number, column: number, notes: readonly (readonly string[])[]) => void;
  /** Those that reach into this block. */
  readonly merges: (row: number, column: number, rows: number, columns: number) => readonly MergedBlock[];
  readonly unmerge: (block: MergedBlock) => void;
  /** Where each tagged column is now, wherever people have moved it: key → column. */
  readonly taggedColumns: () => ReadonlyMap<string, number>;
  readonly tagColumn: (column: number, key: string) => void;
  readonly hideColumn: (column: number) => void;
  readonly freezeHeader: () => void;
  readonly setFormat: (column: number, fromRow: number, rows: number, format: string) => void;
  readonly setRule: (column: number, fromRow: number, rows: number, rule: CellRule) => void;
  /** Warns whoever types there. */
  readonly protectColumns: (columns: readonly number[]) => void;
  readonly colourStates: (column: number, colours: readonly StateColour[]) => void;
  readonly setColumnWidth: (column: number, widthPx: number) => void;
};

/** Rows that a person has chosen: `rows` of them from `row` on. */
export type SelectedRows = { readonly tab: TabPort; readonly row: number; readonly rows: number };

export type SheetPort = {
  /** The one that is tagged so, whatever it is called; else the one that bears the name, be it the shop's. */
  readonly tab: (name: string) => TabPort | null;
  readonly addTab: (name: string) => TabPort;
  /** Makes everything written so far visible to others. */
  readonly flush: () => void;
  /** Runs alone among all scripts of this spreadsheet. Throws a Sorry when others hold it for too long. */
  readonly alone: <Result>(work: () => Result) => Result;
  readonly newId: () => string;
};

export type HttpAnswer = { readonly status: number; readonly contentType: string; readonly text: string };

export type HttpPort = {
  /** Throws when there is no answer at all. */
  readonly fetch: (request: {
    readonly url: string;
    readonly method: 'get' | 'post' | 'patch' | 'delete';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  }) => HttpAnswer;
  readonly hmacSha256Hex: (text: string, secret: string) => string;
  readonly sha256Hex: (text: string) => string;
  /** Google's signed word on who is at the keyboard; empty when it does not say. */
  readonly identityToken: () => string;
  readonly newNonce: () => string;
  readonly nowMs: () => number;
};

export type CachePort = {
  readonly getAll: (keys: readonly string[]) => Readonly<Record<string, string>>;
  readonly putAll: (values: Readonly<Record<string, string>>, seconds: number) => void;
};

/** Time triggers of the person who runs this; other people's cannot be seen. */
export type ClockPort = {
  readonly isAllowed: () => boolean;
  readonly hasTrigger: (functionName: string) => boolean;
  readonly removeTriggers: (functionName: string) => void;
  /** Throws when Google does not allow this step here. */
  readonly everyMinutes: (functionName: string, minutes: number) => void;
  readonly everyHours: (functionName: string, hours: number) => void;
};

/** Something that a person must be told, in a sentence that says what to do. */
export class Sorry extends Error {
  override readonly name = 'Sorry';
}
