// The access token of a shop: an hour long, renewed with a refresh token that dies in the moment it is used.
// So it is renewed by one process at a time, and the new pair is stored before anything else happens.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { type EtsyCredentials, readCredentials } from './credentials.ts';
import { readJson } from './refusal.ts';

const RENEW_BEFORE_MS = 5 * 60_000;
const REFRESH_TOKEN_LIFE_MS = 90 * 24 * 3_600_000;

// Kept with the store's credentials, so that every process uses the same pair.
const ACCESS_TOKEN = 'accessToken';
const ACCESS_TOKEN_ENDS_AT = 'accessTokenEndsAt';
export const REFRESH_TOKEN_ENDS_AT = 'refreshTokenEndsAt';

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1),
});

export type TokenSource = {
  readonly current: () => Promise<string>;
  /** A token other than the one that was refused. */
  readonly renew: (refused: string) => Promise<string>;
};

export const TOKEN_TURN = 'etsy-token';

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
    session.alone(TOKEN_TURN, async (stored) => {
      const fresh = unsaved === null ? stored : { ...stored, ...unsaved };
      if (unsaved !== null) await save(fresh);
      const storedByAnother = storedToken(fresh, session.now());
      if (storedByAnother !== null && storedByAnother.token !== refused) {
        known = storedByAnother;
        return storedByAnother.token;
      }
      const changed = { ...fresh, ...(await requestPair(session, fresh)) };
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

async function requestPair(session: ChannelSession, stored: Credentials): Promise<Credentials> {
  const credentials: EtsyCredentials = readCredentials(stored);
  if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
  const response = await session.http.send({
    method: 'POST',
    url: credentials.tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: credentials.keystring,
      refresh_token: (stored['refreshToken'] ?? '').trim(),
    }).toString(),
    // If the answer was lost after Etsy acted, the old token is dead either way.
    repeatable: true,
  });
  if (response.status === 404) throw new ChannelError('gone', 'There is no Etsy at this address.');
  if (response.status !== 200) {
    const message =
      'Etsy no longer accepts the refresh token. It ends after 90 days without use, or when access is withdrawn: ' +
      'allow the app access again and paste the new token.';
    throw new ChannelError('auth', message);
  }
  const answer = tokenAnswer.safeParse(readJson(response.text));
  if (!answer.success) throw new ChannelError('transient', 'Etsy answered without a token.');
  const now = session.now().getTime();
  return {
    refreshToken: answer.data.refresh_token,
    [ACCESS_TOKEN]: answer.data.access_token,
    [ACCESS_TOKEN_ENDS_AT]: new Date(now + answer.data.expires_in * 1_000).toISOString(),
    [REFRESH_TOKEN_ENDS_AT]: new Date(now + REFRESH_TOKEN_LIFE_MS).toISOString(),
  };
}
