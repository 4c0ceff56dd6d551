// What one endpoint is: a method and path, the shape of its body, and what it does. No express in here.

import type * as z from 'zod/mini';
import { type StoreId, toStoreId } from '../../shared/model/ids.ts';
import type { PersonRole } from '../../shared/model/person.ts';
import type { Caller } from './authenticate.ts';
import { HttpProblem } from './problem.ts';
import type { HttpServices } from './services.ts';

export type Call<Body> = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly caller: Caller;
};

export type Endpoint<Schema extends z.ZodMiniType | null = z.ZodMiniType | null> = {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  /** The least role that may ask. */
  readonly role: PersonRole;
  /** Formulas in cells may ask too; they do not know who looks. */
  readonly forFormulas?: boolean;
  /** Null: this endpoint takes no body. */
  readonly body: Schema;
  /** Default 1 MiB. */
  readonly bodyBytesMax?: number;
  /** What to tell somebody whose body is above bodyBytesMax. */
  readonly tooLarge?: string;
  /** A better sentence than the general one for some mistake in the body. */
  readonly hint?: (issue: z.core.$ZodIssue) => string | null;
  readonly handle: (call: Call<OutputOf<Schema>>, services: HttpServices) => Promise<object>;
};

type OutputOf<Schema> = Schema extends z.ZodMiniType ? z.output<Schema> : null;

/** Keeps the body's type together with its schema. */
export const endpoint = <Schema extends z.ZodMiniType | null>(definition: Endpoint<Schema>): Endpoint =>
  definition as unknown as Endpoint;

const STORE_ID = /^[\w-]{1,100}$/;

/** @throws HttpProblem when the address holds nothing that could be a store's id. */
export function storeIdOf(call: Pick<Call<unknown>, 'params'>): StoreId {
  const id = call.params['id'] ?? '';
  if (!STORE_ID.test(id)) throw unknownStore();
  return toStoreId(id);
}

/** @throws HttpProblem when there is no such store. */
export async function forStore<Answer extends object>(answer: Promise<Answer | null>): Promise<Answer> {
  const found = await answer;
  if (found === null) throw unknownStore();
  return found;
}

export const unknownStore = (): HttpProblem =>
  new HttpProblem(
    404,
    'unknown_store',
    'There is no such store. It may have been disconnected; look at the list again.',
  );
