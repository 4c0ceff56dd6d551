// `npm run key -- "Till export"`: makes a key for a program that uses the API without a person, and tells it once.

import { createApiKey } from './http/api-keys.ts';
import { openForCommand } from './open-for-command.ts';
import { say } from './terminal.ts';

const label = process.argv.slice(2).join(' ').trim();
if (label === '') {
  say(
    'Name the program the key is for, such as: npm run key -- "Till export". A sheet is connected with: npm run pair',
  );
  process.exit(2);
}
await openForCommand(async ({ db, vault }) => {
  const { keyId, secret } = await createApiKey(db, vault, label);
  say(
    `Key id   ${keyId}\nSecret   ${secret}\nThe program signs its requests with both. The secret is not shown again.`,
  );
});
