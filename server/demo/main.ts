// `npm run demo`: the whole product on this machine, with rehearsal stores and customers that buy. `-- --check` plays the
// requirements unattended instead.

import { join } from 'node:path';
import { readRehearsalConfig } from '../config.ts';
import { runUntilStopped, say } from '../terminal.ts';
import { check } from './check.ts';
import { startDemo } from './start-demo.ts';

const PORT = '3210';
const asked = process.argv.slice(2);
const strange = asked.find((word) => word !== '--check');
if (strange !== undefined) {
  say(`"${strange}" is not known here. Say "npm run demo" or "npm run demo -- --check".`);
  process.exit(2);
}
if (asked.includes('--check')) process.exit(await check((text) => process.stdout.write(text)));

const reading = readRehearsalConfig({
  DATA_DIR: join('data', 'demo'),
  PORT,
  ALLOW_LOOPBACK_STORES: 'true',
  LOG_LEVEL: 'warn',
  ORDERS_EVERY_SECONDS: '30',
});
if (!reading.ok) {
  say(reading.problems.join('\n'));
  process.exit(2);
}
await runUntilStopped(() => startDemo(reading.config, say));
