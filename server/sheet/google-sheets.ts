// Makes the Sheets client: one code path for Google and for the local workbook.

import { readFile } from 'node:fs/promises';
import { GoogleAuth, OAuth2Client } from 'google-auth-library';
import { sheets as createClient, type sheets_v4 } from 'googleapis/build/src/apis/sheets/index.js';
import { z } from 'zod';

const SCOPE = 'https://www.googleapis.com/auth/spreadsheets';
/** Google works at most 180 seconds on a request. */
const TIMEOUT_MS = 200_000;
/** One layer repeats requests (calls.ts); the client's own would repeat each of its reads once more. */
const CALLS = { version: 'v4', retry: false } as const;

/**
 * For a Google spreadsheet that is shared with the service account as editor. Never exercised against live Google: only the
 * local workbook has been, through the same client.
 */
export function createGoogleSheets(options: { readonly serviceAccountFile: string }): sheets_v4.Sheets {
  const auth = new GoogleAuth({ keyFile: options.serviceAccountFile, scopes: [SCOPE] });
  return createClient({ ...CALLS, timeout: TIMEOUT_MS, auth });
}

const ServiceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(3),
  private_key: z.string().includes('PRIVATE KEY'),
});

/** The address of the account, to share a sheet with. @throws with a sentence when the file is no key of one. */
export async function serviceAccountOf(file: string): Promise<string> {
  const remedy =
    'In Google Cloud open the service account, choose Keys › Add key › JSON, and put the file there.';
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null)
    throw new Error(`The file ${file} (GOOGLE_SERVICE_ACCOUNT_FILE) cannot be read. ${remedy}`);
  try {
    return ServiceAccount.parse(JSON.parse(text)).client_email;
  } catch {
    throw new Error(`The file ${file} does not hold the key of a service account. ${remedy}`);
  }
}

/** For the local workbook. `address` is scheme, host and port. */
export function createLocalSheets(options: {
  readonly address: string;
  readonly token: string;
  readonly timeoutMs?: number;
}): sheets_v4.Sheets {
  const auth = new OAuth2Client();
  auth.setCredentials({ access_token: options.token });
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  return createClient({ ...CALLS, timeout, auth, rootUrl: `${options.address}/` });
}
