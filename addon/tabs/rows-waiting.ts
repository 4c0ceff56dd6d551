// For whom a row waits: only who submitted it sends it again without being asked, and nobody else takes it over unasked.

import type { RowOutcome } from './answers.ts';
import type { RowMark, SentBy } from './row-identity.ts';
import { isWaiting } from './row-states.ts';
import type { TabLine } from './rows.ts';

/** The person under whom this script runs. */
export type Sender = {
  /** Their e-mail address; empty when Google does not say. */
  readonly person: string;
  /** A text that only this person's scripts can make: everybody can write into every cell, the hidden one included. */
  readonly seal: (text: string) => string;
  /** Sees to it that what waits for this person is sent again; false when Google does not allow it. */
  readonly sendsAgain: () => boolean;
};

/** `leave`: it waits for somebody else. `changed`: it is not what waits. `lost`: nobody can tell which row it is. */
export type Turn = 'send' | 'leave' | 'changed' | 'lost';

/** Of a ticked row. `byItself`: nobody has asked for exactly these rows. */
export function turnOf(tabId: string, line: TabLine, sender: Sender, byItself: boolean): Turn {
  const { mark } = line;
  if (!isWaiting(line.status)) return 'send';
  if (mark === null) return 'lost';
  if (!byItself) return isOthers(mark, sender) && mark.fingerprint === line.fingerprint ? 'leave' : 'send';
  if (mark.sentBy === null || isOthers(mark, sender)) return 'leave';
  return mark.sentBy.seal === sealOf(tabId, mark.id, line.cells, sender).seal ? 'send' : 'changed';
}

export const isOthers = (mark: RowMark, { person }: Sender): mark is RowMark & { readonly sentBy: SentBy } =>
  mark.sentBy !== null && mark.sentBy.person !== person;

/** Of every cell that is sent: also the hidden ones say what will be done. */
export const sealOf = (
  tabId: string,
  id: string,
  cells: TabLine['cells'],
  { person, seal }: Sender,
): SentBy => ({ person, seal: seal(JSON.stringify([tabId, id, cells])) });

/** What comes of rows that got no answer, for everybody who reads it. */
export function whatFollows({ person, sendsAgain }: Sender): string {
  if (sendsAgain()) return `What stays ticked is also sent again by itself, as ${person}.`;
  const who = person === '' ? 'whoever submitted it' : person;
  return `Nothing is sent again by itself here: ${who} has to submit again.`;
}

const problem = (message: string): RowOutcome => ({ state: 'error', message, field: null, fingerprint: '' });

/** Of ticked rows that a person must look at first. */
export const UNFIT = {
  lost: problem(
    'This row was sent before, and its hidden id was deleted: it may have been applied. Look for it in the Ledger tab; if it is not there, submit it again.',
  ),
  changed: problem(
    'This row is not as it was submitted, or nobody can tell any more, so it was not sent again. Look at it, then submit it again.',
  ),
} as const;
