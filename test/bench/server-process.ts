// A whole server as a process of its own, on a database that was prepared for it; says how much memory it held at most when asked.

import { readConfig } from '../../server/config.ts';
import { ROLES, startStocksheet } from '../../server/start.ts';

const [, , dataDir, databaseUrl, masterKey] = process.argv;
const reading = readConfig({
  DATA_DIR: dataDir,
  DATABASE_URL: databaseUrl,
  MASTER_KEY: masterKey,
  PORT: '0',
  ALLOW_LOOPBACK_STORES: 'true',
  LOG_LEVEL: 'error',
});
if (!reading.ok) throw new Error(reading.problems.join(' '));
const stocksheet = await startStocksheet(reading.config, { roles: ROLES });

process.on('message', () => {
  process.send?.({ peakBytes: process.resourceUsage().maxRSS * 1_024 });
});
const stop = async (): Promise<void> => {
  await stocksheet.stop();
  process.exit(0);
};
process.once('SIGTERM', stop);
process.once('disconnect', stop);
process.send?.('started');
