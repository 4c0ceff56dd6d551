// The people of the workspace: who may do what, who joins as what, and the keys that owners can withdraw.

import type { MeAnswer, PeopleAnswer } from '../../shared/api/people.ts';
import type { PersonRole } from '../../shared/model/person.ts';
import { PERSON_ROLES } from '../../shared/model/person.ts';
import { type Database, inTransaction, type Tx } from '../database/database.ts';
import type { Identity } from './identity.ts';
import { HttpProblem } from './problem.ts';

/** Seen again is noted at most this often: a sheet asks several times a minute. */
const SEEN_STEP_MS = 60_000;

export const mayDo = (role: PersonRole, least: PersonRole): boolean =>
  PERSON_ROLES.indexOf(role) >= PERSON_ROLES.indexOf(least);

/** The role of a verified person; somebody new joins as the owners have decided. @throws HttpProblem 403 */
export async function roleOf(db: Database, person: Identity, now: Date): Promise<PersonRole> {
  const known = await db
    .selectFrom('people')
    .selectAll()
    .where('email', '=', person.email)
    .executeTakeFirst();
  if (known === undefined) return join(db, person, now);
  if (known.removed_at !== null) {
    const message = `${person.email} was removed from this workspace. Ask an owner to add you again.`;
    throw new HttpProblem(403, 'removed', message);
  }
  if (known.last_seen_at === null || now.getTime() - known.last_seen_at.getTime() > SEEN_STEP_MS) {
    const name = person.name === '' ? known.name : person.name;
    await db
      .updateTable('people')
      .set({ last_seen_at: now, name })
      .where('email', '=', person.email)
      .execute();
  }
  return known.role;
}

/** The first person is the owner. */
function join(db: Database, person: Identity, now: Date): Promise<PersonRole> {
  return inTransaction(db, async (transaction) => {
    const { joins_as: rule } = await transaction
      .selectFrom('workspace')
      .select('joins_as')
      .forUpdate()
      .executeTakeFirstOrThrow();
    const anybody = await transaction.selectFrom('people').select('email').limit(1).executeTakeFirst();
    const given = anybody === undefined ? 'owner' : (person.joinsAs ?? rule);
    if (given === 'nobody') {
      const message = `${person.email} does not belong to this workspace yet. Ask an owner to add you, in the sidebar under People.`;
      throw new HttpProblem(403, 'not_a_member', message);
    }
    return addPerson(transaction, person, given, now);
  });
}

/** Two windows that open at once are one person: whoever comes second takes what the first has written. */
export async function addPerson(
  db: Database | Tx,
  person: Pick<Identity, 'email' | 'name'>,
  role: PersonRole,
  now: Date | null,
): Promise<PersonRole> {
  const { email, name } = person;
  await db
    .insertInto('people')
    .values({ email, name, role, last_seen_at: now, removed_at: null })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute();
  const stored = await db
    .selectFrom('people')
    .select('role')
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  return stored.role;
}

/** Null when it is done; a sentence when it cannot be. */
export async function changePerson(
  db: Database,
  given: { readonly email: string; readonly role: PersonRole | null },
  now: Date,
): Promise<string | null> {
  const email = given.email.trim().toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return `"${email.slice(0, 60)}" is not an e-mail address.`;
  return inTransaction(db, async (transaction) => {
    // All rows of owners, so that two owners cannot remove each other at once.
    const owners = await transaction
      .selectFrom('people')
      .select('email')
      .where('role', '=', 'owner')
      .where('removed_at', 'is', null)
      .orderBy('email')
      .forUpdate()
      .execute();
    const isLastOwner = owners.length === 1 && owners[0]?.email === email;
    if (isLastOwner && given.role !== 'owner') {
      return `${email} is the only owner. Make somebody else an owner first.`;
    }
    if (given.role === null) {
      await transaction.updateTable('people').set({ removed_at: now }).where('email', '=', email).execute();
      return null;
    }
    await addPerson(transaction, { email, name: '' }, given.role, null);
    await transaction
      .updateTable('people')
      .set({ role: given.role, removed_at: null })
      .where('email', '=', email)
      .execute();
    return null;
  });
}

export async function listPeople(
  db: Database,
  asked: { email: string; keyId: string },
): Promise<PeopleAnswer> {
  const people = await db
    .selectFrom('people')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .execute();
  const { joins_as: joinsAs } = await db.selectFrom('workspace').select('joins_as').executeTakeFirstOrThrow();
  const keys = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('revoked_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return {
    people: people.map(({ email, name, role, last_seen_at }) => ({
      email,
      name,
      role,
      lastSeenAt: last_seen_at?.toISOString() ?? null,
      isYou: email === asked.email,
    })),
    joinsAs,
    keys: keys.map((key) => ({
      keyId: key.id,
      label: key.label,
      kind: key.kind,
      madeBy: key.made_by,
      lastUsedAt: key.last_used_at?.toISOString() ?? null,
      isThisSheet: key.id === asked.keyId,
    })),
  };
}

/** False when there is no such key. */
export async function withdrawKey(db: Database, keyId: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export const meOf = (caller: { actor: string; name: string; role: PersonRole }): MeAnswer => ({
  name: caller.name,
  email: caller.actor,
  role: caller.role,
});
