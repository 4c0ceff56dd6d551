// Everything of a tab but its cells: columns, protection, rules, formats, and how they move when rows and columns do.

export type Axis = 'rows' | 'columns';

/** Half-open and counted from 0; `endRow` and `endColumn` null: to the end of the grid, wherever that is. */
export type Area = {
  readonly startRow: number;
  readonly endRow: number | null;
  readonly startColumn: number;
  readonly endColumn: number | null;
};

/** An area whose ends are known. */
export type Bounds = Area & { readonly endRow: number; readonly endColumn: number };

export type CellRule =
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly strict: boolean }
  | { readonly kind: 'tick'; readonly strict: boolean };

export type CellFormat = {
  readonly numberFormat?: string;
  readonly bold?: boolean;
  readonly wrap?: string;
  readonly background?: unknown;
  readonly textColor?: unknown;
  readonly align?: string;
};

export type Protection = {
  readonly id: number;
  readonly area: Area;
  readonly unprotected: readonly Area[];
  /** E-mail addresses that may edit it. */
  readonly editors: readonly string[];
  readonly warningOnly: boolean;
  readonly description: string;
};

export type SheetColumn = { readonly id: number; readonly widthPx: number; readonly hidden: boolean };

/** Developer metadata of a tab (columnId null) or of one of its columns. */
export type SheetTag = {
  readonly id: number;
  readonly key: string;
  readonly value: string;
  readonly visibility: string;
  readonly columnId: number | null;
};

export type SheetShape = {
  readonly title: string;
  readonly rowCount: number;
  readonly columns: readonly SheetColumn[];
  readonly frozenRows: number;
  readonly frozenColumns: number;
  readonly hidden: boolean;
  readonly protections: readonly Protection[];
  readonly rules: readonly { readonly area: Area; readonly rule: CellRule }[];
  readonly formats: readonly { readonly area: Area; readonly format: CellFormat }[];
  readonly conditionalFormats: readonly unknown[];
  /** Blocks of cells that are one; none overlaps another. */
  readonly merges: readonly Bounds[];
  readonly tags: readonly SheetTag[];
  /** True once a formula was typed anywhere in it: only then there is something to work out. */
  readonly hasFormulas?: boolean;
};

/** Stands for everybody who may edit the file, as a protection has it before editors are taken off. */
export const EVERY_EDITOR = '*';

export const mayEdit = (protection: Protection, email: string): boolean =>
  protection.editors.includes(email) || protection.editors.includes(EVERY_EDITOR);

/** True when a protection that is not lifted for `email` reaches into the area. Warnings stop nobody. */
export const isClosed = (shape: SheetShape, email: string, area: Area): boolean =>
  shape.protections.some(
    (protection) =>
      !protection.warningOnly &&
      !mayEdit(protection, email) &&
      overlaps(protection.area, area) &&
      !protection.unprotected.some((open) => covers(open, area)),
  );

export const DEFAULT_ROWS = 1_000;
export const DEFAULT_COLUMNS = 26;
export const DEFAULT_WIDTH_PX = 100;
export const CELLS_MAX = 10_000_000;

export const WHOLE_SHEET: Area = { startRow: 0, endRow: null, startColumn: 0, endColumn: null };

export function contains(area: Area, row: number, column: number): boolean {
  return (
    row >= area.startRow &&
    row < (area.endRow ?? Number.POSITIVE_INFINITY) &&
    column >= area.startColumn &&
    column < (area.endColumn ?? Number.POSITIVE_INFINITY)
  );
}

export function overlaps(one: Area, other: Area): boolean {
  const before = (end: number | null, start: number): boolean => end !== null && end <= start;
  return !(
    before(one.endRow, other.startRow) ||
    before(other.endRow, one.startRow) ||
    before(one.endColumn, other.startColumn) ||
    before(other.endColumn, one.startColumn)
  );
}

export function covers(outer: Area, inner: Area): boolean {
  const reaches = (end: number | null, other: number | null): boolean =>
    end === null || (other !== null && other <= end);
  return (
    outer.startRow <= inner.startRow &&
    outer.startColumn <= inner.startColumn &&
    reaches(outer.endRow, inner.endRow) &&
    reaches(outer.endColumn, inner.endColumn)
  );
}

/** The last rule wins, as the last one set is the one people see. */
export function ruleAt(shape: SheetShape, row: number, column: number): CellRule | null {
  return shape.rules.findLast(({ area }) => contains(area, row, column))?.rule ?? null;
}

export function numberFormatAt(shape: SheetShape, row: number, column: number): string | null {
  const found = shape.formats.findLast(
    ({ area, format }) => format.numberFormat !== undefined && contains(area, row, column),
  );
  return found?.format.numberFormat ?? null;
}

/** The shape after `count` rows or columns were put in before `at`. */
export function afterInsert(shape: SheetShape, axis: Axis, at: number, count: number): SheetShape {
  return moveAreas(shape, axis, (start, end) => [
    start >= at ? start + count : start,
    end !== null && end > at ? end + count : end,
  ]);
}

/** The shape after the rows or columns from `start` up to `end` were taken out. */
export function afterDelete(shape: SheetShape, axis: Axis, from: number, to: number): SheetShape {
  const move = (place: number): number => (place <= from ? place : place < to ? from : place - (to - from));
  return moveAreas(shape, axis, (start, end) => [move(start), end === null ? null : move(end)]);
}

type Move = (start: number, end: number | null) => readonly [number, number | null];

function moveAreas(shape: SheetShape, axis: Axis, move: Move): SheetShape {
  const moved = (area: Area): Area => {
    if (axis === 'rows') {
      const [startRow, endRow] = move(area.startRow, area.endRow);
      return { ...area, startRow, endRow };
    }
    const [startColumn, endColumn] = move(area.startColumn, area.endColumn);
    return { ...area, startColumn, endColumn };
  };
  const alive = <Item extends { readonly area: Area }>(items: readonly Item[]): Item[] =>
    items.map((item) => ({ ...item, area: moved(item.area) })).filter(({ area }) => !isEmpty(area));
  const merges = shape.merges.map((merge) => moved(merge) as Bounds);
  return {
    ...shape,
    merges: merges.filter((merge) => !isEmpty(merge) && !isOneCell(merge)),
    rules: alive(shape.rules),
    formats: alive(shape.formats),
    protections: alive(shape.protections).map((protection) => ({
      ...protection,
      unprotected: protection.unprotected.map(moved).filter((area) => !isEmpty(area)),
    })),
  };
}

export const isOneCell = ({ startRow, endRow, startColumn, endColumn }: Bounds): boolean =>
  endRow - startRow === 1 && endColumn - startColumn === 1;

function isEmpty(area: Area): boolean {
  return (
    (area.endRow !== null && area.endRow <= area.startRow) ||
    (area.endColumn !== null && area.endColumn <= area.startColumn)
  );
}
