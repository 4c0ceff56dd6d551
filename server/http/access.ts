// What the endpoints about people, keys, pairing, formulas and nudges need, answered by the database.

import type {
  ChangePersonRequest,
  NudgeRequest,
  PairAnswer,
  PairRequest,
  PeopleAnswer,
} from '../../shared/api/people.ts';
import type { ProblemsAnswer } from '../../shared/api/problems.ts';
import type { StockAnswer, StockRequest } from '../../shared/api/stock.ts';
import type { StoreId } from '../../shared/model/ids.ts';
import type { JoinRule } from '../../shared/model/person.ts';
import type { Caller } from './authenticate.ts';
import { type PairingParts, pairSheet } from './pairing.ts';
import { changePerson, listPeople, withdrawKey } from './people.ts';
import { HttpProblem } from './problem.ts';
import { dismissProblem, readProblems, writeNumberOf } from './read-problems.ts';
import { readStock } from './read-stock.ts';

export type AccessServices = {
  readonly pair: (request: PairRequest) => Promise<PairAnswer>;
  readonly people: (caller: Caller) => Promise<PeopleAnswer>;
  readonly changePerson: (request: ChangePersonRequest, caller: Caller) => Promise<PeopleAnswer>;
  readonly setJoinRule: (rule: JoinRule, caller: Caller) => Promise<PeopleAnswer>;
  readonly withdrawKey: (keyId: string, caller: Caller) => Promise<PeopleAnswer>;
  readonly nudge: (request: NudgeRequest, caller: Caller) => Promise<{ readonly nextInMs: number }>;
  readonly problems: () => Promise<ProblemsAnswer>;
  readonly dismissProblem: (id: number) => Promise<ProblemsAnswer>;
  /** Writes our number into the store that the problem is about, whatever it shows. */
  readonly writeNumber: (id: number) => Promise<ProblemsAnswer>;
  readonly stock: (request: StockRequest) => Promise<StockAnswer>;
};

export type AccessParts = PairingParts & {
  /** Wakes whatever may be due: the clock lives in the server, a nudge only makes it look now. */
  readonly lookForWork: () => Promise<void>;
  readonly wakePush: (storeId: StoreId) => Promise<void>;
};

export function createAccess(parts: AccessParts): AccessServices {
  const { db, now } = parts;
  const people = ({ actor, keyId }: Caller) => listPeople(db, { email: actor, keyId });
  return {
    pair: (request) => pairSheet(parts, request),
    people,
    changePerson: async (request, caller) => {
      const problem = await changePerson(db, request, now());
      if (problem !== null) throw new HttpProblem(409, 'not_changed', problem);
      return people(caller);
    },
    setJoinRule: async (joinsAs, caller) => {
      await db.updateTable('workspace').set({ joins_as: joinsAs }).execute();
      return people(caller);
    },
    withdrawKey: async (keyId, caller) => {
      const done = await withdrawKey(db, keyId, now());
      if (!done) throw new HttpProblem(404, 'unknown_key', 'This key was withdrawn already.');
      return people(caller);
    },
    nudge: async ({ everyMs }, caller) => {
      const row = { last_nudge_at: now(), every_ms: everyMs, person: caller.actor };
      await db
        .insertInto('sheet_triggers')
        .values({ key_id: caller.keyId, ...row })
        .onConflict((conflict) => conflict.column('key_id').doUpdateSet(row))
        .execute();
      await parts.lookForWork();
      return { nextInMs: everyMs };
    },
    problems: () => readProblems(db),
    dismissProblem: async (id) => {
      await dismissProblem(db, id, now());
      return readProblems(db);
    },
    writeNumber: async (id) => {
      const storeId = await writeNumberOf(db, id, now());
      if (storeId === null) {
        throw new HttpProblem(404, 'nothing_to_write', 'This was settled meanwhile, so nothing was written.');
      }
      await parts.wakePush(storeId);
      return readProblems(db);
    },
    stock: (request) => readStock(db, request),
  };
}
