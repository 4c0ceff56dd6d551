// The server's entry: reads the settings, starts what this process is for, and stops gracefully.

import { readProcessConfig } from './config.ts';
import { ROLES, type Role, startStocksheet } from './start.ts';
import { runUntilStopped, say } from './terminal.ts';

const asked = process.argv.slice(2);
const strange = asked.find((word) => !ROLES.includes(word as Role));
if (strange !== undefined) {
  say(`"${strange}" is not a part of the server. Name web or worker, or nothing for both.`);
  process.exit(2);
}
const reading = readProcessConfig();
if (!reading.ok) {
  say(['These settings have to be mended before Stocksheet can start:', ...reading.problems].join('\n  '));
  process.exit(2);
}
const roles: readonly Role[] = asked.length === 0 ? ROLES : (asked as Role[]);

await runUntilStopped(async () => {
  const stocksheet = await startStocksheet(reading.config, { roles });
  if (stocksheet.url !== null) say(`Stocksheet answers at ${stocksheet.url}`);
  if (stocksheet.workbookUrl !== null) {
    say(`No Google Sheet is set, so the local workbook is used: ${stocksheet.workbookUrl}`);
  }
  if (stocksheet.url === null) say('Stocksheet is working through its jobs.');
  return stocksheet;
});
