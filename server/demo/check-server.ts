// The server of the unattended check, as a process of its own: says where it is, then serves until it is told to stop.

import { readConfig } from '../config.ts';
import { startStocksheet } from '../start.ts';
import { ORDERS_EVERY_SECONDS } from './check-steps.ts';

const [, , dataDir, port] = process.argv;
const reading = readConfig({
  DATA_DIR: dataDir,
  PORT: port,
  ALLOW_LOOPBACK_STORES: 'true',
  LOG_LEVEL: 'error',
  ORDERS_EVERY_SECONDS: String(ORDERS_EVERY_SECONDS),
});
if (!reading.ok) throw new Error(reading.problems.join(' '));

const stocksheet = await startStocksheet(reading.config, {
  roles: ['web', 'worker'],
  webhooksOnLoopback: true,
});
process.send?.({ url: stocksheet.url, workbookUrl: stocksheet.workbookUrl, ...stocksheet.localKey });

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  await stocksheet.stop();
  process.exit(0);
};
process.on('SIGTERM', stop);
// Whoever started the check is gone: so is its server.
process.on('disconnect', stop);
