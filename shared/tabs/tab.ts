// What a tab is: its columns as data, who may write in it, and what tells one row from another.

export const COLUMN_TYPES = ['text', 'integer', 'time', 'checkbox', 'dropdown'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** Header metadata of a column is COLUMN_TAG_PREFIX + key: columns are found by it, never by letter or header. */
export const COLUMN_TAG_PREFIX = 'col.';

/** Plain text: what is written there is never read as a number, a date or a formula. */
export const TEXT_FORMAT = '@';

/** The longest text that one cell of a Google sheet holds. */
export const CELL_LENGTH_MAX = 50_000;

export type TabColumn = {
  /** Stable; the header may be renamed by people. */
  readonly key: string;
  readonly header: string;
  readonly widthPx: number;
  readonly type: ColumnType;
  /** Explains the column to people; shown as the note of its header. */
  readonly note: string;
  readonly numberFormat: string | null;
  readonly hidden: boolean;
  /** In a tab of people: written by the system only. In a tab of the server everything is. */
  readonly locked: boolean;
  /** The values of a dropdown; others are refused when strict. */
  readonly choices: { readonly values: readonly string[]; readonly strict: boolean } | null;
};

export const TAB_OWNERS = ['server', 'people'] as const;
export type TabOwner = (typeof TAB_OWNERS)[number];

export type TabDefinition = {
  readonly name: string;
  readonly owner: TabOwner;
  /** The key of the column whose value tells rows apart. */
  readonly rowKey: string;
  /** Only so many of the newest rows are shown, newest first; null: all rows, in the order they came. */
  readonly newestRowsMax: number | null;
  readonly columns: readonly TabColumn[];
};

type More = Partial<Pick<TabColumn, 'hidden' | 'locked' | 'choices' | 'numberFormat'>>;

const DEFAULT_FORMATS: Readonly<Record<ColumnType, string | null>> = {
  text: TEXT_FORMAT,
  integer: '0',
  time: TEXT_FORMAT,
  checkbox: null,
  dropdown: TEXT_FORMAT,
};

export function column(
  key: string,
  header: string,
  type: ColumnType,
  widthPx: number,
  note: string,
  more: More = {},
): TabColumn {
  const numberFormat = DEFAULT_FORMATS[type];
  return {
    key,
    header,
    type,
    widthPx,
    note,
    numberFormat,
    hidden: false,
    locked: false,
    choices: null,
    ...more,
  };
}

/** The last column of each tab of the server: its header says when a row here last changed. Its cells stay empty. */
export const UPDATED_KEY = 'updated';
export const CHANGED = 'Changed';
const NOT_WRITTEN_YET = 'Not written yet';
/** How its header begins. */
export const UPDATED_HEADERS = [NOT_WRITTEN_YET, CHANGED];
export const updatedColumn: TabColumn = column(
  UPDATED_KEY,
  NOT_WRITTEN_YET,
  'text',
  190,
  'The header says when something in this tab last changed. While nothing changes, nothing is written.',
);
