// The demo as a process of its own on any port, so that one that is running already is not in the way.

import { readConfig } from '../../server/config.ts';
import { startDemo } from '../../server/demo/start-demo.ts';
import { runUntilStopped, say } from '../../server/terminal.ts';

const [, , dataDir] = process.argv;
const reading = readConfig({
  DATA_DIR: dataDir,
  PORT: '0',
  ALLOW_LOOPBACK_STORES: 'true',
  LOG_LEVEL: 'warn',
  ORDERS_EVERY_SECONDS: '30',
});
if (!reading.ok) throw new Error(reading.problems.join(' '));
await runUntilStopped(() => startDemo(reading.config, say));
// Whoever measured is gone: so is the demo.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
