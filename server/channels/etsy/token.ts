// The access token of a shop: an hour long, renewed with a refresh token that dies in the moment it is used.
// So it is renewed by one process at a time, and the new pair is stored before anything else happens.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { readCredentials } from './credentials.ts';
import { ACCESS_TOKEN, ACCESS_TOKEN_ENDS_AT, requestPair } from './token-pair.ts';

const RENEW_BEFORE_MS = 5 * 60_000;

export type TokenSource = {
  readonly current: () => Promise<string>;
  /** A token other than the one that was refused. */
  readonly renew: (refused: string) => Promise<string>;
};

export function createTokenSource(session: ChannelSession): TokenSource {
  let known = storedToken(session.credentials, session.now());
  /**
   * A pair that Etsy gave and we could not store yet: without it the store would have to be connected again.
   */
  let unsaved: Credentials | null = null;

  const save = async (changed: Credentials): Promise<void> => {
    unsaved = changed;
    await session.saveCredentials(changed);
    unsaved = null;
  };
  const fetchFresh = (refused: string | null): Promise<string> =>
    session.alone(async (stored) => {
      const fresh = unsaved === null ? stored : { ...stored, ...unsaved };
      if (unsaved !== null) await save(fresh);
      const storedByAnother = storedToken(fresh, session.now());
      if (storedByAnother !== null && storedByAnother.token !== refused) {
        known = storedByAnother;
        return storedByAnother.token;
      }
      const changed = { ...fresh, ...(await renewPair(session, fresh)) };
      await save(changed);
      known = storedToken(changed, session.now());
      return changed[ACCESS_TOKEN] ?? '';
    });
  return {
    current: async () =>
      known !== null && isFresh(known, session.now()) ? known.token : fetchFresh(known?.token ?? null),
    renew: fetchFresh,
  };
}

type StoredToken = { readonly token: string; readonly endsAt: Date };

const isFresh = ({ endsAt }: StoredToken, now: Date): boolean =>
  endsAt.getTime() - now.getTime() > RENEW_BEFORE_MS;

function storedToken(credentials: Credentials, now: Date): StoredToken | null {
  const stored = {
    token: credentials[ACCESS_TOKEN] ?? '',
    endsAt: new Date(credentials[ACCESS_TOKEN_ENDS_AT] ?? Number.NaN),
  };
  return stored.token !== '' && isFresh(stored, now) ? stored : null;
}

const REFUSED =
  'Etsy no longer accepts the refresh token. It ends after 90 days without use, or when access is withdrawn: ' +
  'connect the shop again, or paste a new token.';

function renewPair(session: ChannelSession, stored: Credentials): Promise<Credentials> {
  const credentials = readCredentials(stored);
  if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
  const refreshToken = (stored['refreshToken'] ?? '').trim();
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  // If the answer was lost after Etsy acted, the old token is dead either way.
  const request = { form, refused: REFUSED, repeatable: true };
  return requestPair(session.http, credentials, request, session.now());
}
