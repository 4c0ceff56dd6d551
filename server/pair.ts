// `npm run pair`: prints the one-time code that connects a sheet to this server. `npm run pair -- owner` makes its person an owner.

import { PERSON_ROLES, type PersonRole } from '../shared/model/person.ts';
import { createPairingCode } from './http/pairing.ts';
import { openForCommand } from './open-for-command.ts';
import { say } from './terminal.ts';

const [given = null] = process.argv.slice(2);
if (given !== null && !(PERSON_ROLES as readonly string[]).includes(given)) {
  say(`"${given}" is not a role. Leave it out, or give one of: ${PERSON_ROLES.join(', ')}.`);
  process.exit(2);
}
await openForCommand(async ({ db }) => {
  const code = await createPairingCode(db, new Date(), given as PersonRole | null);
  say(
    `Pairing code   ${code}\nOpen the sidebar in the sheet (menu Stocksheet) and type it there. It works once, within ten minutes.`,
  );
});
