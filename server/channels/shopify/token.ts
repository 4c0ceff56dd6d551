// The access token of a store: pasted by a person, or fetched with the client credentials and renewed before it ends.

import { ChannelError } from '../../net/channel-error.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { tokenAnswer } from './answers.ts';
import type { ShopifyCredentials } from './credentials.ts';

/** Tokens live 24 hours; a fresh one is fetched this long before the end. */
const RENEW_BEFORE_MS = 3_600_000;

// Kept with the store's credentials, so that every process and the next start use the same token.
const ISSUED_TOKEN = 'issuedToken';
const ISSUED_TOKEN_ENDS_AT = 'issuedTokenEndsAt';

type ClientCredentials = Extract<ShopifyCredentials, { kind: 'client' }>;

export type TokenSource = {
  readonly current: () => Promise<string>;
  /** A token other than the one that was refused; null when there is no way to get one. */
  readonly renew: (refused: string) => Promise<string | null>;
};

export function createTokenSource(session: ChannelSession, credentials: ShopifyCredentials): TokenSource {
  if (credentials.kind === 'unusable') {
    const refuse = () => Promise.reject(new ChannelError('auth', credentials.problem));
    return { current: refuse, renew: refuse };
  }
  if (credentials.kind === 'pasted') {
    return { current: async () => credentials.accessToken, renew: async () => null };
  }
  let known = usableToken(session.credentials, session.now());
  const fetchFresh = (refused: string | null): Promise<string> =>
    session.alone(async (fresh) => {
      const storedByAnother = usableToken(fresh, session.now());
      if (storedByAnother !== null && storedByAnother.token !== refused) {
        known = storedByAnother;
        return storedByAnother.token;
      }
      const issued = await requestToken(session, credentials);
      known = issued;
      await session.saveCredentials({
        ...fresh,
        [ISSUED_TOKEN]: issued.token,
        [ISSUED_TOKEN_ENDS_AT]: issued.endsAt.toISOString(),
      });
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

type IssuedToken = { readonly token: string; readonly endsAt: Date };

const isFresh = ({ endsAt }: IssuedToken, now: Date): boolean =>
  endsAt.getTime() - now.getTime() > RENEW_BEFORE_MS;

function usableToken(credentials: Credentials, now: Date): IssuedToken | null {
  const issued = {
    token: credentials[ISSUED_TOKEN] ?? '',
    endsAt: new Date(credentials[ISSUED_TOKEN_ENDS_AT] ?? Number.NaN),
  };
  return issued.token !== '' && isFresh(issued, now) ? issued : null;
}

async function requestToken(session: ChannelSession, credentials: ClientCredentials): Promise<IssuedToken> {
  const response = await session.http.send({
    method: 'POST',
    url: `${credentials.address}/admin/oauth/access_token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    }).toString(),
    repeatable: true,
    changesNothing: true,
  });
  if (response.status === 404) throw new ChannelError('gone', 'There is no Shopify shop at this address.');
  if (response.status !== 200) {
    throw new ChannelError(
      'auth',
      'Shopify refused the client ID and secret. Check both, and that the app is installed in this shop and belongs to the same organisation.',
    );
  }
  const answer = tokenAnswer.safeParse(parseJsonOf(response));
  if (!answer.success) throw new ChannelError('transient', 'Shopify answered without a token.');
  return {
    token: answer.data.access_token,
    endsAt: new Date(session.now().getTime() + answer.data.expires_in * 1_000),
  };
}
