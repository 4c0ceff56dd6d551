// Which row is which: a hidden id per row, and a fingerprint of what the row said when it was last sent.

/** What the hidden cell holds: the id that the server knows, and what only the add-on reads. */
export type RowMark = {
  readonly id: string;
  readonly fingerprint: string;
  /** Null when nobody's script has sent it under this id. */
  readonly sentBy: SentBy | null;
};

/** Who sent it: the address is for people, the seal proves it to that person's own script. */
export type SentBy = { readonly person: string; readonly seal: string };

export type MarkedRow = {
  /** The row's number in the tab. */
  readonly row: number;
  readonly ticked: boolean;
  readonly mark: RowMark | null;
  /** What the row says now. */
  readonly fingerprint: string;
  /** Rises with every answer in a tab of several steps; 0 elsewhere. */
  readonly step: number;
};

export type RowPlan = {
  /** The rows to send, each with the id it goes by. */
  readonly send: readonly { readonly row: number; readonly id: string }[];
  /** Rows whose hidden cell must be written first: new rows, mended rows, and copies that become rows of their own. */
  readonly stamp: readonly { readonly row: number; readonly mark: RowMark }[];
  /** Ticked rows that say exactly what another row with their id says, or said when it was sent: it was done already. */
  readonly copies: readonly { readonly row: number; readonly of: number }[];
};

const SEPARATOR = ' ';

/** The fingerprint of a row that has its own id and was never sent under it. */
export const NOT_SENT = '-';

export const writeMark = ({ id, fingerprint, sentBy }: RowMark): string =>
  [id, fingerprint, ...(sentBy === null ? [] : [sentBy.person, sentBy.seal])].join(SEPARATOR);

export function readMark(cell: string): RowMark | null {
  const [id, fingerprint = '', person = '', seal = ''] = cell.split(SEPARATOR);
  if (id === undefined || id === '' || id.length > 64) return null;
  return { id, fingerprint, sentBy: person === '' || seal === '' ? null : { person, seal } };
}

/**
 * Decides under which id each ticked row is sent. Of rows that share an id (somebody copied one), the row that is furthest
 * keeps it (only answers take a row further), and among equals the row that still says what was sent under that id, so nothing is ever applied twice; the others become rows of their own.
 */
export function planRows(rows: readonly MarkedRow[], newId: () => string): RowPlan {
  const owners = ownersOfIds(rows);
  const send: { row: number; id: string }[] = [];
  const stamp: { row: number; mark: RowMark }[] = [];
  const copies: { row: number; of: number }[] = [];
  /** Copies that become rows of their own now, by what they were copied from and what they say: they may have been copied, too. */
  const parted = new Map<string, MarkedRow>();
  for (const row of rows) {
    const owner = row.mark === null ? undefined : owners.get(row.mark.id);
    const isCopy = owner !== undefined && owner !== row;
    const says = `${row.mark?.id} ${row.fingerprint}`;
    const original = isCopy && !isExactCopy(row, owner) ? parted.get(says) : owner;
    if (isCopy && original !== undefined) {
      if (row.ticked) copies.push({ row: row.row, of: original.row });
      continue;
    }
    if (isCopy && row.ticked) parted.set(says, row);
    if (!row.ticked && !isCopy) continue;
    const id = row.mark === null || isCopy ? newId() : row.mark.id;
    if (row.mark?.id !== id || row.mark.fingerprint !== row.fingerprint) {
      const fingerprint = row.ticked ? row.fingerprint : NOT_SENT;
      stamp.push({ row: row.row, mark: { id, fingerprint, sentBy: null } });
    }
    if (row.ticked) send.push({ row: row.row, id });
  }
  return { send, stamp, copies };
}

function ownersOfIds(rows: readonly MarkedRow[]): ReadonlyMap<string, MarkedRow> {
  const owners = new Map<string, MarkedRow>();
  for (const row of rows) {
    if (row.mark === null) continue;
    const owner = owners.get(row.mark.id);
    const better =
      owner === undefined ||
      row.step > owner.step ||
      (row.step === owner.step && !saysWhatWasSent(owner) && saysWhatWasSent(row));
    if (better) owners.set(row.mark.id, row);
  }
  return owners;
}

/** Also of what the owner said when it was sent: a row that was copied before, or while it was under way. */
const isExactCopy = (row: MarkedRow, owner: MarkedRow): boolean =>
  row.fingerprint === owner.fingerprint ||
  row.fingerprint === owner.mark?.fingerprint ||
  (row.step < owner.step && saysWhatWasSent(row));

const saysWhatWasSent = (row: MarkedRow): boolean => row.fingerprint === row.mark?.fingerprint;
