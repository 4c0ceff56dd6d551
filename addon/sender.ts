// Under whose name this script runs, and the secret that proves to it later which waiting rows this person submitted.

import type { HttpPort } from './ports.ts';
import type { Sender } from './tabs/rows-waiting.ts';

/** Kept for one person: nobody else's scripts can read it. */
export type OwnMemory = {
  readonly read: (name: string) => string | null;
  readonly write: (name: string, value: string) => void;
  readonly forget: (name: string) => void;
};

export type OpenSender = {
  readonly sender: Sender;
  /** Once it is over: what was sealed counts no longer when nothing of it waits. */
  readonly close: (waiting: number) => void;
};

const SEAL_LENGTH = 32;
/** One script may serve several spreadsheets. */
const propertyOf = (spreadsheetId: string): string => `stocksheet.waiting.${spreadsheetId}`;

export const hasSealed = (memory: OwnMemory, spreadsheetId: string): boolean =>
  memory.read(propertyOf(spreadsheetId)) !== null;

/** Kept before anything is sent: Google may end this script at any moment, and what it sent waits then. */
export function openSender(parts: {
  readonly person: string;
  readonly spreadsheetId: string;
  readonly memory: OwnMemory;
  readonly http: Pick<HttpPort, 'hmacSha256Hex'>;
  readonly newSecret: () => string;
  readonly keepOwnTrigger: () => boolean;
}): OpenSender {
  const { person, memory, http } = parts;
  const property = propertyOf(parts.spreadsheetId);
  const known = memory.read(property);
  const secret = known ?? parts.newSecret();
  if (known === null) memory.write(property, secret);
  let isKept: boolean | null = null;
  return {
    sender: {
      person,
      seal: (text) => http.hmacSha256Hex(text, secret).slice(0, SEAL_LENGTH),
      sendsAgain: () => {
        isKept ??= person !== '' && parts.keepOwnTrigger();
        return isKept;
      },
    },
    close: (waiting) => {
      if (waiting === 0) memory.forget(property);
      // Another window of the same person may have been through and forgotten it.
      else memory.write(property, secret);
    },
  };
}
