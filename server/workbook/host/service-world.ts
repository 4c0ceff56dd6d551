// What every service of the script host works with, and the rule of what a script may do at which moment.

import type { AuthMode, HostCalls, Selection } from './calls.ts';
import type { SyncCall } from './rpc.ts';

export type ServiceWorld = {
  readonly call: SyncCall<HostCalls>;
  readonly toError: (message: string) => Error;
  /** The script's own kind of Date. */
  readonly toDate: (ms: number) => Date;
  readonly authMode: AuthMode;
  /** False in a trigger: nobody is looking. */
  readonly hasUi: boolean;
  readonly user: string;
  readonly selection: Selection | null;
  /** The HTML files of the script project, by name without `.html`. */
  readonly files: Readonly<Record<string, string>>;
};

/** What a cell's function may use is granted to no other limited mode, and the other way round. */
const GRANTED: Readonly<Record<AuthMode, readonly string[]>> = {
  NONE: [],
  LIMITED: ['LIMITED'],
  CUSTOM: ['CUSTOM'],
  FULL: ['LIMITED', 'FULL', 'CUSTOM'],
};

/** Refuses what Google does not grant at this moment, in Google's words. */
export function requireAuthorization(
  world: ServiceWorld,
  method: string,
  needs: 'LIMITED' | 'FULL',
  scope?: string,
  options: { readonly inCells?: boolean } = {},
): void {
  if (GRANTED[world.authMode].includes(needs)) return;
  if (world.authMode === 'CUSTOM' && options.inCells === true) return;
  const required =
    scope === undefined ? '' : ` Required permissions: https://www.googleapis.com/auth/${scope}`;
  throw world.toError(`You do not have permission to call ${method}.${required}`);
}

/** Google's refusal of arguments of the wrong kind. */
export const wrongArguments = (world: ServiceWorld, method: string, given: readonly unknown[]): Error =>
  world.toError(
    `The parameters (${given.map(kindOf).join(',')}) don't match the method signature for ${method}.`,
  );

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'number[]';
  if (typeof value === 'string') return 'String';
  return typeof value === 'object' ? 'Object' : typeof value;
}
