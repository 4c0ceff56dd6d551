// People, their roles, and how a sheet is paired with its server.

import * as z from 'zod/mini';
import { JOIN_RULES, PERSON_ROLES } from '../model/person.ts';

export const pairRequest = z.strictObject({
  code: z.string().check(z.maxLength(40)),
  spreadsheetId: z.string().check(z.minLength(1), z.maxLength(200)),
  identityToken: z.string().check(z.maxLength(10_000)),
});
export type PairRequest = z.infer<typeof pairRequest>;

const key = z.object({ keyId: z.string(), secret: z.string() });
export const pairAnswer = z.object({
  key,
  /** For formulas in cells, which run without knowing who looks: it reads stock and nothing else. */
  formulasKey: key,
  email: z.string(),
  role: z.enum(PERSON_ROLES),
});
export type PairAnswer = z.infer<typeof pairAnswer>;

export const meAnswer = z.object({ name: z.string(), email: z.string(), role: z.enum(PERSON_ROLES) });
export type MeAnswer = z.infer<typeof meAnswer>;

export const peopleAnswer = z.object({
  people: z.array(
    z.object({
      email: z.string(),
      name: z.string(),
      role: z.enum(PERSON_ROLES),
      lastSeenAt: z.nullable(z.string()),
      isYou: z.boolean(),
    }),
  ),
  joinsAs: z.enum(JOIN_RULES),
  keys: z.array(
    z.object({
      keyId: z.string(),
      label: z.string(),
      kind: z.string(),
      madeBy: z.string(),
      lastUsedAt: z.nullable(z.string()),
      isThisSheet: z.boolean(),
    }),
  ),
});
export type PeopleAnswer = z.infer<typeof peopleAnswer>;

export const changePersonRequest = z.strictObject({
  email: z.string().check(z.minLength(3), z.maxLength(320)),
  /** Null: the person is removed. */
  role: z.nullable(z.enum(PERSON_ROLES)),
});
export type ChangePersonRequest = z.infer<typeof changePersonRequest>;
export const joinRuleRequest = z.strictObject({ joinsAs: z.enum(JOIN_RULES) });
export const withdrawKeyRequest = z.strictObject({ keyId: z.string().check(z.maxLength(64)) });

export const nudgeRequest = z.strictObject({
  /** How often the sheet's trigger runs, as Google allowed it. */
  everyMs: z.int().check(z.minimum(60_000), z.maximum(86_400_000)),
});
export type NudgeRequest = z.infer<typeof nudgeRequest>;
