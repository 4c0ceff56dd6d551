// Access tokens, two hours long: the account's, fetched with the refresh token, one process at a time, and the application's own.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelHttp } from '../../net/channel-http.ts';
import type { ChannelSession } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { type EbayCredentials, type Keyset, readCredentials, readKeyset } from './credentials.ts';
import { SCOPES } from './manifest.ts';
import { type Issued, requestToken, type TokenAnswer } from './token-request.ts';

const RENEW_BEFORE_MS = 5 * 60_000;

// Kept with the store's credentials, so that every process uses the same token.
const ACCESS_TOKEN = 'accessToken';
const ACCESS_TOKEN_ENDS_AT = 'accessTokenEndsAt';
const REFRESH_TOKEN = 'refreshToken';

export const withAccess = (credentials: Credentials, { token, endsAt }: Issued): Credentials => ({
  ...credentials,
  [ACCESS_TOKEN]: token,
  [ACCESS_TOKEN_ENDS_AT]: endsAt.toISOString(),
});

const isFreshAt = ({ endsAt }: Issued, now: Date): boolean =>
  endsAt.getTime() - now.getTime() > RENEW_BEFORE_MS;

export type TokenSource = {
  readonly current: () => Promise<string>;
  /** A token other than the one that was refused. */
  readonly renew: (refused: string) => Promise<string>;
};

export function createTokenSource(session: ChannelSession): TokenSource {
  let known = readIssued(session.credentials);
  const isFresh = (issued: Issued | null): issued is Issued =>
    issued !== null && isFreshAt(issued, session.now());

  const renew = (refused: string | null): Promise<string> =>
    session.alone(async (fresh) => {
      const storedByAnother = readIssued(fresh);
      if (isFresh(storedByAnother) && storedByAnother.token !== refused) {
        known = storedByAnother;
        return storedByAnother.token;
      }
      const { issued, refresh } = await renewWith(session, readCredentials(fresh));
      await session.saveCredentials({
        ...withAccess(fresh, issued),
        // eBay does not rotate it: an answer without one must not wipe the one we have.
        ...(refresh === null ? {} : { [REFRESH_TOKEN]: refresh.token }),
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

async function renewWith(session: ChannelSession, credentials: EbayCredentials): Promise<TokenAnswer> {
  if (credentials.kind === 'unusable') throw new ChannelError('auth', credentials.problem);
  const form = { grant_type: 'refresh_token', refresh_token: credentials.refreshToken };
  return requestToken(session.http, credentials, { form, repeatable: true, refused: ENDED }, session.now());
}

const ENDED =
  'The refresh token is no longer accepted. It ends after 18 months and with every change of the password: ' +
  'sign in with eBay again and enter the new one.';

// ---- the application's own token --------------------------------------------------------------------------------

// eBay gives an application 1,000 a day, so one serves all stores of a process that share a way out.
const ofApplications = new WeakMap<ChannelHttp, Map<string, Issued>>();

/** For what belongs to the application and not to the seller: public keys and destinations of notifications. */
export function createApplicationTokenSource(session: ChannelSession): TokenSource {
  const keyset = (): Keyset => {
    const found = readKeyset(session.credentials);
    if (found === null)
      throw new ChannelError('auth', 'Fill in the App ID and the Cert ID of your eBay keyset.');
    return found;
  };
  const known = ofApplications.get(session.http) ?? new Map<string, Issued>();
  ofApplications.set(session.http, known);

  async function renew(): Promise<string> {
    const keys = keyset();
    const form = { grant_type: 'client_credentials', scope: SCOPES[0] };
    const grant = { form, repeatable: true, refused: NO_APPLICATION };
    const { issued } = await requestToken(session.http, keys, grant, session.now());
    known.set(keys.clientId, issued);
    return issued.token;
  }
  return {
    current: async () => {
      const issued = known.get(keyset().clientId);
      const isFresh = issued !== undefined && isFreshAt(issued, session.now());
      return isFresh ? issued.token : renew();
    },
    renew,
  };
}

const NO_APPLICATION =
  'eBay gives this keyset no token of its own. Check on developer.ebay.com that the keyset is enabled.';
