// What Etsy's token endpoint answers, as the credentials that are stored: an access token of an hour, and the refresh
// token that will be good for the next one.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelHttp } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { AccessEnd } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import type { EtsyApp } from './credentials.ts';

const REFRESH_TOKEN_LIFE_MS = 90 * 24 * 3_600_000;

// Kept with the store's credentials, so that every process uses the same pair.
export const ACCESS_TOKEN = 'accessToken';
export const ACCESS_TOKEN_ENDS_AT = 'accessTokenEndsAt';
export const REFRESH_TOKEN_ENDS_AT = 'refreshTokenEndsAt';

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1),
});

export type TokenRequest = {
  readonly form: Readonly<Record<string, string>>;
  /** What a person is told when Etsy says no. */
  readonly refused: string;
  /** A code is good once: whoever did not hear the answer has to begin again. */
  readonly repeatable: boolean;
};

/** @throws ChannelError `auth` when Etsy refuses. */
export async function requestPair(
  http: ChannelHttp,
  app: EtsyApp,
  { form, refused, repeatable }: TokenRequest,
  now: Date,
): Promise<Credentials> {
  const response = await http.send({
    method: 'POST',
    url: app.tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ client_id: app.keystring, ...form }).toString(),
    repeatable,
    changesNothing: true,
  });
  if (response.status === 404) throw new ChannelError('gone', 'There is no Etsy at this address.');
  if (response.status !== 200) throw new ChannelError('auth', refused);
  const answer = tokenAnswer.safeParse(parseJsonOf(response));
  if (!answer.success) throw new ChannelError('transient', 'Etsy answered without a token.');
  const { access_token: token, expires_in: seconds, refresh_token: refreshToken } = answer.data;
  return {
    refreshToken,
    [ACCESS_TOKEN]: token,
    [ACCESS_TOKEN_ENDS_AT]: new Date(now.getTime() + seconds * 1_000).toISOString(),
    [REFRESH_TOKEN_ENDS_AT]: new Date(now.getTime() + REFRESH_TOKEN_LIFE_MS).toISOString(),
  };
}

/** Every use gives a new refresh token, so the end is near only for a store that was left alone. */
export function accessEnds(credentials: Credentials): AccessEnd | null {
  const at = new Date(credentials[REFRESH_TOKEN_ENDS_AT] ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return null;
  const message =
    'Etsy ends the access to this shop when it was not used for 90 days. Turn sync on, or connect the shop again before then.';
  return { at, message };
}
