// Every function that Google may call by name, and nothing else.

import { pairSheet } from './connect.ts';
import { type AskedInCell, evaluate } from './formulas.ts';
import * as google from './google.ts';
import { Sorry } from './ports.ts';
import { hasSealed, openSender } from './sender.ts';
import type { Reply } from './sidebar-api.ts';
import { draftLowStockOrder, passOn, readHome } from './sidebar-calls.ts';
import { setUpTabs, submitAllTabs } from './tabs/all-tabs.ts';
import { type SubmitOptions, sendUntil } from './tabs/submit-rows.ts';
import { isAnythingDone, summaryInWords } from './tabs/submit-summary.ts';
import { keepOwnTrigger, readTrigger, runTrigger, turnOnTrigger } from './trigger.ts';

const memory = { read: google.readProperty, write: google.writeProperty };
const NOTHING_OF_YOURS =
  'Nothing was sent again, because no row waits for you. The message beside a row says for whom it waits.';
const UNEXPECTED = 'Something went wrong in the sheet. Try again; if it stays, reload the sheet.';

/** Google runs this with next to no rights: nothing but the menu may be touched. */
export function onOpen(): void {
  google.buildMenu([
    { label: 'Open the sidebar', functionName: 'openSidebar' },
    { label: 'Submit ticked rows', functionName: 'submitTickedRows' },
    { label: 'Order what is selected in Low stock', functionName: 'orderLowStock' },
    { label: 'Repair the tabs', functionName: 'repairTabs' },
    { label: 'About Stocksheet', functionName: 'aboutStocksheet' },
  ]);
}

export function onInstall(): void {
  onOpen();
}

export function openSidebar(): void {
  withApology('The sidebar did not open', () => google.showSidebar('Sidebar'));
}

export function submitTickedRows(): void {
  withApology('The rows were not submitted', () => google.toast(submit().message));
}

export function orderLowStock(): void {
  withApology('No order was made', () => {
    const [connection, selected] = [google.readConnection(), google.selectedRows()];
    google.toast(draftLowStockOrder({ http: google.http, connection, selected }));
  });
}

export function repairTabs(): void {
  withApology('The tabs were not repaired', () => google.toast(setUp()));
}

export function aboutStocksheet(): void {
  withApology('About Stocksheet', () => {
    const connection = google.readConnection();
    const where =
      connection === null
        ? 'This sheet is not connected to a server yet: open the sidebar to connect it.'
        : `Connected to ${connection.address}.`;
    google.tell(
      'Stocksheet',
      `${where}\n\nFill in rows of the Adjustments tab, tick them and choose "Submit ticked rows". ` +
        'Each row is answered beside it.',
    );
  });
}

/** The time trigger. Nobody watches, so nothing may be shown; what went wrong stands beside the rows. */
export function lookForNews(): void {
  // The nudge takes of the script's time, too.
  const sendUntilMs = sendUntil(google.http);
  if (!google.clock.isAllowed()) return;
  const connection = google.readConnection();
  if (connection === null) return;
  runTrigger({ http: google.http, connection, memory, resubmit: () => void sendAgain(sendUntilMs) });
}

export function sidebarHome(): string {
  return answer(() => ({
    ok: true,
    value: readHome({
      http: google.http,
      sheet: google.sheet,
      connection: google.readConnection(),
      selected: google.selectedRows(),
      trigger: readTrigger(memory),
    }),
  }));
}

export function sidebarCall(method: string, path: string, body: string): string {
  return answer(() => passOn(google.http, google.readConnection(), method, path, body));
}

export function sidebarDo(action: string, given: string): string {
  return answer(() => {
    const parts = JSON.parse(given) as { address: string; code: string; tab: string; row: number };
    switch (action) {
      case 'pair':
        return pair(parts);
      case 'submit':
        return { ok: true, value: submit() };
      case 'resubmit':
        return { ok: true, value: sendAgain() };
      case 'startTrigger':
        turnOnTrigger(google.clock, memory, google.http.nowMs());
        return { ok: true, value: '' };
      case 'goTo':
        if (google.goTo(parts.tab, parts.row)) return { ok: true, value: '' };
        throw new Sorry(`Row ${parts.row} of ${parts.tab} is not there any more.`);
      default:
        throw new Sorry('The sidebar asked for something that does not exist. Reload the sheet.');
    }
  });
}

/**
 * Units in stock, in all warehouses or in one.
 * @param {string} sku A SKU, or a range such as A2:A500, which is one request for all of them.
 * @param {string} warehouse The name of a warehouse; "" for all of them.
 * @param {string} changed Inventory!$1:$1, which changes with the numbers. Without it Google keeps the first answer.
 * @return Units in stock; empty when nobody has set a number yet.
 * @customfunction
 */
export function IN_STOCK(sku: unknown, warehouse?: unknown, changed?: unknown): unknown {
  return answerInCell({ formula: 'inStock', given: sku, warehouse, changed });
}

/**
 * Units that can be sold: in stock less booked.
 * @param {string} sku A SKU, or a range such as A2:A500, which is one request for all of them.
 * @param {string} warehouse The name of a warehouse; "" for all of them.
 * @param {string} changed Inventory!$1:$1, which changes with the numbers. Without it Google keeps the first answer.
 * @return Units that can be sold; empty when nobody has set a number yet.
 * @customfunction
 */
export function AVAILABLE(sku: unknown, warehouse?: unknown, changed?: unknown): unknown {
  return answerInCell({ formula: 'available', given: sku, warehouse, changed });
}

/**
 * Units of open orders.
 * @param {string} sku A SKU, or a range such as A2:A500, which is one request for all of them.
 * @param {string} warehouse The name of a warehouse; "" for all of them.
 * @param {string} changed Inventory!$1:$1, which changes with the numbers. Without it Google keeps the first answer.
 * @return Units of orders that were not sent or cancelled yet.
 * @customfunction
 */
export function BOOKED(sku: unknown, warehouse?: unknown, changed?: unknown): unknown {
  return answerInCell({ formula: 'booked', given: sku, warehouse, changed });
}

/**
 * Units on their way to you.
 * @param {string} sku A SKU, or a range such as A2:A500, which is one request for all of them.
 * @param {string} warehouse The name of a warehouse; "" for all of them.
 * @param {string} changed Inventory!$1:$1, which changes with the numbers. Without it Google keeps the first answer.
 * @return Units on open purchase orders and transfers.
 * @customfunction
 */
export function INCOMING(sku: unknown, warehouse?: unknown, changed?: unknown): unknown {
  return answerInCell({ formula: 'incoming', given: sku, warehouse, changed });
}

/**
 * How the number comes about, in a sentence.
 * @param {string} sku A SKU, or a range such as A2:A500, which is one request for all of them.
 * @param {string} changed Inventory!$1:$1, which changes with the numbers. Without it Google keeps the first answer.
 * @return A sentence.
 * @customfunction
 */
export function WHY(sku: unknown, changed?: unknown): unknown {
  return answerInCell({ formula: 'why', given: sku, changed });
}

/** Formulas run for whoever looks, without their permission: they may not ask who that is. */
function answerInCell(asked: AskedInCell): unknown {
  const http = { ...google.http, identityToken: () => '' };
  return evaluate({ http, cache: google.cache, connection: google.readConnection() }, asked);
}

/** `accepted` false: nothing was done, and the message says why. */
type Submitted = { readonly accepted: boolean; readonly message: string };

function submit(options: SubmitOptions = {}): Submitted {
  const connection = google.readConnection();
  if (connection === null) {
    throw new Sorry('This sheet is not connected yet. Open the sidebar and connect it first.');
  }
  const { sheet, http } = google;
  const { sender, close } = openSender({
    http,
    person: google.whoRuns(),
    spreadsheetId: google.spreadsheetId(),
    memory: google.ownMemory,
    newSecret: google.newSecret,
    keepOwnTrigger: () => keepOwnTrigger(google.clock, memory, http.nowMs()),
  });
  const summary = submitAllTabs({ sheet, http, connection, sender }, options);
  close(summary.waiting);
  return { accepted: isAnythingDone(summary), message: summaryInWords(summary) };
}

/** Only what the person under whom this runs has submitted. */
function sendAgain(sendUntilMs = sendUntil(google.http)): Submitted {
  const nothing = { accepted: false, message: NOTHING_OF_YOURS };
  if (!hasSealed(google.ownMemory, google.spreadsheetId())) return nothing;
  const submitted = submit({ onlyWaiting: true, sendUntilMs });
  return submitted.accepted ? submitted : nothing;
}

function setUp(): string {
  const repairs = setUpTabs(google.sheet);
  if (google.readConnection() !== null) startTrigger();
  return repairs.length === 0 ? 'The tabs are as they should be.' : repairs.join(' ');
}

function pair(given: { readonly address: string; readonly code: string }): Reply<string> {
  const result = pairSheet(google.http, { ...given, spreadsheetId: google.spreadsheetId() });
  if (!result.ok) return { ok: false, message: result.message };
  google.saveConnection(result.value.connection);
  setUpTabs(google.sheet);
  startTrigger();
  return { ok: true, value: result.value.message };
}

/** Without it the server works all the same; it only hears from the sheet when somebody clicks. */
function startTrigger(): void {
  try {
    turnOnTrigger(google.clock, memory, google.http.nowMs());
  } catch {
    // Too many triggers, or not allowed to make one: rows that got no answer wait for a click, and the sidebar says so.
  }
}

function answer(work: () => Reply<unknown>): string {
  try {
    return JSON.stringify(work());
  } catch (error) {
    return JSON.stringify({ ok: false, message: inWords(error) });
  }
}

function inWords(error: unknown): string {
  if (error instanceof Sorry) return error.message;
  return `${UNEXPECTED}\n\n(${error instanceof Error ? error.message : String(error)})`;
}

/** Whatever goes wrong is said in a dialog, in a sentence. */
function withApology(title: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    google.tell(title, inWords(error));
  }
}
