// What every service of the script host works with, and the rule of what a script may do at which moment.

import type { AuthMode, HostCalls } from './calls.ts';
import type { SyncCall } from './rpc.ts';

export type ServiceWorld = {
  readonly call: SyncCall<HostCalls>;
  readonly toError: (message: string) => Error;
  readonly authMode: AuthMode;
  /** False in a trigger: nobody is looking. */
  readonly hasUi: boolean;
  readonly user: string;
};

/** Refuses what Google does not grant at this moment, in Google's words. */
export function requireAuthorization(
  world: ServiceWorld,
  method: string,
  needs: 'LIMITED' | 'FULL',
  scope?: string,
): void {
  const granted = world.authMode === 'FULL' || (needs === 'LIMITED' && world.authMode === 'LIMITED');
  if (granted) return;
  const required =
    scope === undefined ? '' : ` Required permissions: https://www.googleapis.com/auth/${scope}`;
  throw world.toError(`You do not have permission to call ${method}.${required}`);
}
