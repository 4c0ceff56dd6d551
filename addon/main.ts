// Every function that Google may call by name, and nothing else.

import { PEOPLE_TABS } from '../shared/tabs/people-tabs.ts';
import { readServerAddress, tryConnection } from './connect.ts';
import * as google from './google.ts';
import { Sorry } from './ports.ts';
import { dressColumns, findOrRepairTab } from './tabs/find-columns.ts';
import { submitTickedRows as submitTab } from './tabs/submit-rows.ts';
import { addSummaries, summaryInWords } from './tabs/submit-summary.ts';

/** Google runs this with next to no rights: nothing but the menu may be touched. */
export function onOpen(): void {
  google.buildMenu([
    { label: 'Submit ticked rows', functionName: 'submitTickedRows' },
    { label: 'Connect to the server', functionName: 'connectServer' },
    { label: 'Repair the tabs', functionName: 'repairTabs' },
    { label: 'About Stocksheet', functionName: 'aboutStocksheet' },
  ]);
}

export function onInstall(): void {
  onOpen();
}

export function submitTickedRows(): void {
  withApology('The rows were not submitted', () => {
    const connection = google.readConnection();
    if (connection === null) {
      throw new Sorry('This sheet is not connected yet. Choose "Connect to the server" first.');
    }
    const { sheet, http } = google;
    const summaries = PEOPLE_TABS.map((tab) => submitTab({ sheet, http, connection }, tab));
    google.toast(summaryInWords(addSummaries(summaries)));
  });
}

export function connectServer(): void {
  withApology('Not connected', () => {
    const typed = google.ask(
      'Connect to the server (1 of 3)',
      'Server address, such as https://stock.example.com',
    );
    if (typed === null) return;
    const reading = readServerAddress(typed);
    if (!reading.ok) throw new Sorry(reading.problem);
    const keyId = google.ask('Connect to the server (2 of 3)', 'Key id, as the server printed it');
    if (keyId === null) return;
    const secret = google.ask('Connect to the server (3 of 3)', 'Secret that belongs to the key');
    if (secret === null) return;
    if (keyId === '' || secret === '') throw new Sorry('Both the key id and the secret are needed.');
    const connection = { address: reading.address, keyId, secret };
    const result = tryConnection(google.http, connection);
    if (!result.ok) throw new Sorry(result.message);
    google.saveConnection(connection);
    google.tell('Connected', result.message);
  });
}

export function repairTabs(): void {
  withApology('The tabs were not repaired', () => {
    const repairs = google.sheet.alone(() =>
      PEOPLE_TABS.flatMap(({ definition }) => {
        const found = findOrRepairTab(google.sheet, definition);
        dressColumns(found, definition);
        return found.repairs;
      }),
    );
    google.toast(repairs.length === 0 ? 'The tabs are as they should be.' : repairs.join(' '));
  });
}

export function aboutStocksheet(): void {
  withApology('About Stocksheet', () => {
    const connection = google.readConnection();
    const where =
      connection === null
        ? 'This sheet is not connected to a server yet.'
        : `Connected to ${connection.address}.`;
    google.tell(
      'Stocksheet',
      `${where}\n\nFill in rows of the Adjustments tab, tick them and choose "Submit ticked rows". ` +
        'Each row is answered beside it.',
    );
  });
}

/** Whatever goes wrong is said in a dialog, in a sentence. */
function withApology(title: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const unexpected = 'Something went wrong in the sheet. Try again; if it stays, reload the sheet.';
    const detail = error instanceof Error ? error.message : String(error);
    google.tell(title, error instanceof Sorry ? error.message : `${unexpected}\n\n(${detail})`);
  }
}
