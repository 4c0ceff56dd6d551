// Invariant 8 with every real adapter at once: whatever happens in six shops and in the sheet, in whatever order and over whatever
// network, all of them end up with the right number, and nobody is blamed for an edit that nobody made.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { happen, happening } from './happenings.ts';
import { openWorld, settle, whatIsWrong } from './world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(clear);

async function clear(): Promise<void> {
  await sql`delete from stores`.execute(database.db);
  await sql`delete from activity`.execute(database.db);
}

test('invariant 8: six shops converge on the right number, whatever happened', async () => {
  let played = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 10, maxLength: 60 }), async (happenings) => {
      await clear();
      const world = await openWorld(database.db, 2);
      try {
        for (const one of happenings) await happen(world, one);
        await settle(world);
        expect(await whatIsWrong(world)).toEqual([]);
        played += 1;
      } finally {
        await world.close();
      }
    }),
    { numRuns: 12, interruptAfterTimeLimit: 30_000, markInterruptAsFailure: false },
  );
  expect(played).toBeGreaterThan(0);
}, 180_000);
