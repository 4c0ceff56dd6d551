// The access token of an account: two hours long, fetched with the refresh token, one process at a time.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { type EbayCredentials, readCredentials } from './credentials.ts';
import { readJson } from './refusal.ts';

const RENEW_BEFORE_MS = 5 * 60_000;

// Kept with the store's credentials, so that every process uses the same token.
const ACCESS_TOKEN = 'accessToken';
const ACCESS_TOKEN_ENDS_AT = 'accessTokenEndsAt';
const REFRESH_TOKEN = 'refreshToken';

type Issued = { readonly token: string; readonly endsAt: Date };

export type TokenSource = {
  readonly current: () => Promise<string>;
  /** A token other than the one that was refused. */
  readonly renew: (refused: string) => Promise<string>;
};

export function createTokenSource(session: ChannelSession): TokenSource {
  let known = readIssued(session.credentials);
  const isFresh = (issued: Issued | null): issued is Issued =>
    issued !== null && issued.endsAt.getTime() - session.now().getTime() > RENEW_BEFORE_MS;

  const renew = (refused: string | null): Promise<string> =>
    session.alone('ebay-token', async (fresh) => {
      const storedByAnother = readIssued(fresh);
      if (isFresh(storedByAnother) && storedByAnother.token !== refused) {
        known = storedByAnother;
        return storedByAnother.token;
      }
      const { issued, refreshToken } = await requestToken(session, readCredentials(fresh));
      await session.saveCredentials({
        ...fresh,
        [ACCESS_TOKEN]: issued.token,
        [ACCESS_TOKEN_ENDS_AT]: issued.endsAt.toISOString(),
        // eBay does not rotate it: an answer without one must not wipe the one we have.
        ...(refreshToken === null ? {} : { [REFRESH_TOKEN]: refreshToken }),
      });
      known = issued;
      return issued.token;
    });
  return {
    current: async () => {
      const now = known;
      return isFresh(now) ? now.token : renew(known?.token ?? null);
    },
    renew,
  };
}

function readIssued(credentials: Credentials): Issued | null {
  const token = credentials[ACCESS_TOKEN] ?? '';
  const endsAt = new Date(credentials[ACCESS_TOKEN_ENDS_AT] ?? Number.NaN);
  return token === '' || Number.isNaN(endsAt.getTime()) ? null : { token, endsAt };
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().nullish(),
});
const tokenProblem = z.object({ error: z.string() });

async function requestToken(
  session: ChannelSession,
  credentials: EbayCredentials,
): Promise<{ readonly issued: Issued; readonly refreshToken: string | null }> {
  if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
  const { clientId, clientSecret, refreshToken, addresses } = credentials;
  const basic = Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
  const response = await session.http.send(
    {
      method: 'POST',
      url: `${addresses.api}/identity/v1/oauth2/token`,
      headers: {
        authorization: `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      }).toString(),
      repeatable: true,
    },
    (answer) =>
      readJson(answer.text) === undefined
        ? { kind: 'transient', message: 'eBay answered with a web page instead of a token.' }
        : { kind: 'fine' },
  );
  const json = readJson(response.text);
  if (response.status !== 200) throw refusedToken(json);
  const answer = tokenAnswer.safeParse(json);
  if (!answer.success) throw new ChannelError('transient', 'eBay answered without a token.');
  const { access_token: token, expires_in: seconds, refresh_token: next } = answer.data;
  const endsAt = new Date(session.now().getTime() + seconds * 1_000);
  return { issued: { token, endsAt }, refreshToken: next ? next : null };
}

function refusedToken(json: unknown): ChannelError {
  const problem = tokenProblem.safeParse(json);
  const code = problem.success ? problem.data.error : '';
  if (code === 'invalid_client') {
    return new ChannelError(
      'auth',
      'This App ID and Cert ID do not belong to a keyset that eBay knows. Check both on developer.ebay.com under Application Keysets.',
    );
  }
  return new ChannelError(
    'auth',
    'The refresh token is no longer accepted. It ends after 18 months and with every change of the password: ' +
      'sign in with eBay again and enter the new one.',
  );
}
