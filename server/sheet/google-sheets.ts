// Makes the Sheets client: one code path for Google and for the local workbook.

import { GoogleAuth, OAuth2Client } from 'google-auth-library';
import { sheets as createClient, type sheets_v4 } from 'googleapis/build/src/apis/sheets/index.js';

const SCOPE = 'https://www.googleapis.com/auth/spreadsheets';

/**
 * For a Google spreadsheet that is shared with the service account as editor. Never exercised against live Google: only the
 * local workbook has been, through the same client.
 */
export function createGoogleSheets(options: { readonly serviceAccountFile: string }): sheets_v4.Sheets {
  return createClient({
    version: 'v4',
    auth: new GoogleAuth({ keyFile: options.serviceAccountFile, scopes: [SCOPE] }),
  });
}

/** For the local workbook. `address` is scheme, host and port. */
export function createLocalSheets(options: {
  readonly address: string;
  readonly token: string;
}): sheets_v4.Sheets {
  const auth = new OAuth2Client();
  auth.setCredentials({ access_token: options.token });
  return createClient({ version: 'v4', auth, rootUrl: `${options.address}/` });
}
