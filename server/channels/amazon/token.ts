// The access token: exchanged for the refresh token at "Login with Amazon", kept with the credentials until it ends.

import { z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelHttp } from '../../net/channel-http.ts';
import { parseJson, parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import type { Account } from './credentials.ts';

/** Tokens live one hour; a fresh one is fetched this long before the end. */
const RENEW_BEFORE_MS = 5 * 60_000;
// Kept with the store's credentials, so that every process and the next start use the same token.
const ISSUED_TOKEN = 'issuedToken';
const ISSUED_TOKEN_ENDS_AT = 'issuedTokenEndsAt';

export type TokenSource = {
  readonly current: () => Promise<string>;
  /** A token other than the one that was refused. */
  readonly renew: (refused: string) => Promise<string>;
};

type IssuedToken = { readonly token: string; readonly endsAt: Date };

export function createTokenSource(session: ChannelSession, account: Account): TokenSource {
  let known = usableToken(session.credentials, session.now());
  const fetchFresh = (refused: string | null): Promise<string> =>
    session.alone(async (fresh) => {
      const storedByAnother = usableToken(fresh, session.now());
      if (storedByAnother !== null && storedByAnother.token !== refused) {
        known = storedByAnother;
        return storedByAnother.token;
      }
      const issued = await renewToken(session, account);
      await session.saveCredentials({ ...fresh, ...storedTokens(issued) });
      known = issued;
      return issued.token;
    });
  return {
    current: async () => {
      if (known !== null && isFresh(known, session.now())) return known.token;
      return fetchFresh(known?.token ?? null);
    },
    renew: fetchFresh,
  };
}

const isFresh = ({ endsAt }: IssuedToken, now: Date): boolean =>
  endsAt.getTime() - now.getTime() > RENEW_BEFORE_MS;

function usableToken(credentials: Credentials, now: Date): IssuedToken | null {
  const token = credentials[ISSUED_TOKEN] ?? '';
  const endsAt = new Date(credentials[ISSUED_TOKEN_ENDS_AT] ?? Number.NaN);
  return token !== '' && isFresh({ token, endsAt }, now) ? { token, endsAt } : null;
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
});
const refusalAnswer = z.object({ error: z.string() });

type Tokens = { readonly token: string; readonly endsAt: Date; readonly refreshToken: string | null };

async function renewToken(session: ChannelSession, account: Account): Promise<Tokens> {
  const { refreshToken } = account;
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const tokens = await requestToken(session.http, account, { form, repeatable: true }, session.now());
  return tokens.refreshToken === refreshToken ? { ...tokens, refreshToken: null } : tokens;
}

/** Asks "Login with Amazon". @throws ChannelError `auth` when it refuses. */
export async function requestToken(
  http: ChannelHttp,
  app: Pick<Account, 'clientId' | 'clientSecret' | 'loginEndpoint'>,
  { form, repeatable }: { readonly form: Readonly<Record<string, string>>; readonly repeatable: boolean },
  now: Date,
): Promise<Tokens> {
  const response = await http.send(
    {
      method: 'POST',
      url: `${app.loginEndpoint}/auth/o2/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: new URLSearchParams({
        ...form,
        client_id: app.clientId,
        client_secret: app.clientSecret,
      }).toString(),
      repeatable,
      changesNothing: true,
    },
    ({ status, text }) =>
      status === 200 && !tokenAnswer.safeParse(parseJson(text)).success
        ? { kind: 'transient', message: 'Login with Amazon answered without a token.' }
        : { kind: 'fine' },
  );
  const answer = tokenAnswer.safeParse(parseJsonOf(response));
  if (response.status !== 200 || !answer.success) {
    throw refusal(parseJsonOf(response), form['grant_type'] === 'authorization_code');
  }
  const { access_token: token, expires_in: seconds, refresh_token: refreshToken } = answer.data;
  return { token, endsAt: new Date(now.getTime() + seconds * 1_000), refreshToken: refreshToken ?? null };
}

/** As they are kept with the credentials. */
export const storedTokens = ({ token, endsAt, refreshToken }: Tokens): Credentials => ({
  // Amazon does not rotate it today; should it answer another one, that one counts.
  ...(refreshToken === null ? {} : { refreshToken }),
  [ISSUED_TOKEN]: token,
  [ISSUED_TOKEN_ENDS_AT]: endsAt.toISOString(),
});

const OLD_CODE =
  'Amazon refused to finish the connection: its code is good once and for five minutes, and the redirect address must be ' +
  'exactly the one of your app. Start again.';

function refusal(body: unknown, isCode: boolean): ChannelError {
  const code = refusalAnswer.safeParse(body).data?.error ?? '';
  if (code === 'invalid_grant' && isCode) return new ChannelError('auth', OLD_CODE);
  if (code === 'invalid_grant') {
    return new ChannelError(
      'auth',
      'Amazon no longer accepts the refresh token. Connect the store again, or authorize the app in Seller Central under ' +
        'Develop Apps and fill in the new token.',
    );
  }
  return new ChannelError(
    'auth',
    'Amazon refused the client ID and secret. A secret ends 180 days after it was made: make a new one in Seller Central under Develop Apps.',
  );
}
