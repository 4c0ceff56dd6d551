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

/** `leave`: it waits for somebody else. `changed`: it says something else than what waits. `lost`: nobody can tell any more. */
export type Turn = 'send' | 'leave' | 'changed' | 'lost';

/** Of a ticked row. `byItself`: nobody has asked for exactly these rows. */
export function turnOf(tabId: string, line: TabLine, sender: Sender, byItself: boolean): Turn {
  const { mark } = line;
  if (!isWaiting(line.status)) return 'send';
  if (mark === null) return 'lost';
  const isUnchanged = mark.fingerprint === line.fingerprint;
  if (!byItself) return isUnchanged && isOthers(mark, sender) ? 'leave' : 'send';
  if (mark.sentBy?.seal !== sealOf(tabId, mark, sender).seal) return 'leave';
  return isUnchanged ? 'send' : 'changed';
}

export const isOthers = (mark: RowMark, { person }: Sender): mark is RowMark & { readonly sentBy: SentBy } =>
  mark.sentBy !== null && mark.sentBy.person !== person;

export const sealOf = (
  tabId: string,
  { id, fingerprint }: Pick<RowMark, 'id' | 'fingerprint'>,
  { person, seal }: Sender,
): SentBy => ({ person, seal: seal([tabId, id, fingerprint].join(' ')) });

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
    'This row was changed while it waited for an answer, so it was not sent again. Submit it again.',
  ),
} as const;
