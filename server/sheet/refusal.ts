// What a refusal of Google's means, as a sentence for the shop owner that says what to do.

import { statusOf } from './calls.ts';

export type SheetAddress = {
  readonly spreadsheetId: string;
  /** The address that the sheet is shared with. */
  readonly sharedWith: string;
};

type Trouble = { readonly status: number | null; readonly message: string; readonly body: string };
type Rule = {
  readonly status: readonly (number | null)[];
  readonly says?: RegExp;
  /** It may be over by itself; otherwise a person has to do something. */
  readonly passes?: true;
  readonly sentence: (address: SheetAddress, trouble: Trouble) => string;
};

/** Where Google says what to enable and for which project, that is better than what we could say. */
const API_PAGE = /https:\/\/console\.(?:developers|cloud)\.google\.com\/\S+?project=\w+/;
const API_PAGE_ANY = 'https://console.cloud.google.com/apis/library/sheets.googleapis.com';

/** The first that fits. Google tells most of them apart by their words only. */
const RULES: readonly Rule[] = [
  {
    status: [400, 401, null],
    says: /invalid_grant.*(short-lived|timeframe|iat|exp)/i,
    sentence: () =>
      'Google does not accept the time of this server: its clock is wrong. Turn on time synchronisation on the server.',
  },
  {
    status: [400, 401, null],
    says: /invalid_grant|account_disabled|account not found|invalid_client/i,
    sentence: ({ sharedWith }) =>
      `Google does not accept the key of ${sharedWith} any more. Make a new key for the service account in Google Cloud, put its file in the place of the old one, and start the server again.`,
  },
  {
    status: [401],
    sentence: ({ sharedWith }) =>
      `Google does not accept how ${sharedWith} signs in. If it stays, make a new key for the service account in Google Cloud.`,
  },
  {
    status: [403],
    says: /SERVICE_DISABLED|accessNotConfigured|has not been used in project|is disabled/i,
    sentence: (_address, { body }) =>
      `The Google Sheets API is not enabled for the service account. Open ${API_PAGE.exec(body)?.[0] ?? API_PAGE_ANY}, press Enable, and wait five minutes.`,
  },
  {
    status: [403],
    says: /ACCESS_TOKEN_SCOPE_INSUFFICIENT|insufficient authentication scopes/i,
    sentence: ({ sharedWith }) =>
      `${sharedWith} may not use spreadsheets: the scope https://www.googleapis.com/auth/spreadsheets is missing. Allow it in the admin console of your Google Workspace.`,
  },
  {
    status: [403],
    says: /rateLimitExceeded|quota/i,
    passes: true,
    sentence: () => QUOTA,
  },
  {
    status: [403],
    sentence: ({ sharedWith }) =>
      `The sheet is not shared with ${sharedWith} as an editor. Open the sheet, press Share, and add this address as Editor.`,
  },
  {
    status: [404],
    sentence: ({ spreadsheetId }) =>
      `There is no spreadsheet with the id ${spreadsheetId}. Take it out of the bin in Google Drive, or set SPREADSHEET_ID to the one to use and start the server again.`,
  },
  {
    status: [400],
    says: /protected cell|protected range/i,
    sentence: ({ sharedWith }) =>
      `A protection in the sheet keeps ${sharedWith} from writing. In the sheet choose Data › Protect sheets and ranges, and remove it or let this address edit.`,
  },
  {
    status: [400],
    says: /limit of 10,?000,?000 cells/i,
    sentence: () =>
      'The spreadsheet is full: Google allows 10 million cells in one. Delete tabs, empty rows or columns that nobody needs.',
  },
  { status: [429], passes: true, sentence: () => QUOTA },
  {
    status: [500, 502, 503, 504],
    passes: true,
    sentence: (_address, { status }) =>
      `Google Sheets has trouble of its own (${status}). What is to be written waits and is written when it is over.`,
  },
  {
    status: [null],
    says: /time(d)? ?-?out|aborted/i,
    passes: true,
    sentence: () =>
      'Google Sheets took too long to answer. What is to be written waits and is written when it is over.',
  },
  {
    status: [null],
    says: /ENOTFOUND|EAI_AGAIN|ECONN|EHOSTUNREACH|ENETUNREACH|socket|fetch failed|network/i,
    passes: true,
    sentence: () =>
      'Google Sheets cannot be reached from this server. Check its connection to the internet; what is to be written waits.',
  },
];

const QUOTA =
  'Google takes no more requests from the service account this minute. What is to be written waits; if it stays, give this sheet a service account in a Google Cloud project of its own.';

export type Refusal = { readonly message: string; readonly needsPerson: boolean };

/** Null when the error is none of Google's: then it is ours, and no sentence would be true. */
export function explainRefusal(error: unknown, address: SheetAddress): Refusal | null {
  const trouble = troubleOf(error);
  const text = `${trouble.message} ${trouble.body}`;
  const rule = RULES.find(
    ({ status, says }) => status.includes(trouble.status) && (says === undefined || says.test(text)),
  );
  if (rule !== undefined)
    return { message: rule.sentence(address, trouble), needsPerson: rule.passes !== true };
  if (trouble.status === null) return null;
  return { message: `Google Sheets refused (${trouble.status}): ${trouble.message}`, needsPerson: true };
}

function troubleOf(error: unknown): Trouble {
  const { message, code, cause, response } = error as {
    message?: unknown;
    code?: unknown;
    cause?: { message?: unknown; code?: unknown };
    response?: { data?: unknown };
  };
  const words = [message, code, cause?.message, cause?.code].filter((part) => typeof part === 'string');
  return {
    status: statusOf(error),
    message: words.join(' '),
    body: response?.data === undefined ? '' : JSON.stringify(response.data),
  };
}
