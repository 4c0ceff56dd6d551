// Signing in at eBay: OAuth 2 with an authorization code. eBay knows the address to come back to by a name, the RuName, and
// takes that name where others take the address.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelAuthorization } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { isRehearsal, type Keyset, readKeyset, typed } from './credentials.ts';
import { SCOPES } from './manifest.ts';
import { withAccess } from './token.ts';
import { requestToken } from './token-request.ts';

export const authorization: ChannelAuthorization = {
  needs: ['clientId', 'clientSecret', 'ruName'],
  gives: ['refreshToken', 'refreshTokenEndsOn'],
  start: ({ credentials, redirectUri, state }) => {
    const { clientId, addresses, ruName } = applicationOf(credentials);
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: ruName,
      response_type: 'code',
      scope: SCOPES.join(' '),
      state,
      // A rehearsal shop has no page on which the address behind the RuName could be entered.
      ...(isRehearsal(credentials) ? { accept_url: redirectUri } : {}),
    });
    return `${addresses.auth}/oauth2/authorize?${query}`;
  },
  finish: async ({ credentials, state, query, http, now }) => {
    const { ruName, ...keyset } = applicationOf(credentials);
    if (query['state'] !== state) throw new ChannelError('rejected', CODE_REFUSED);
    const code = query['code'] ?? '';
    if (code === '') throw new ChannelError('rejected', DECLINED);
    const form = { grant_type: 'authorization_code', code, redirect_uri: ruName };
    const grant = { form, repeatable: false, refused: CODE_REFUSED };
    const { issued, refresh } = await requestToken(http, keyset, grant, now);
    if (refresh === null) throw new ChannelError('rejected', CODE_REFUSED);
    return {
      ...withAccess(credentials, issued),
      refreshToken: refresh.token,
      refreshTokenEndsOn: refresh.endsAt === null ? '' : refresh.endsAt.toISOString().slice(0, 10),
    };
  },
};

const DECLINED =
  'You did not agree at eBay, so nothing was connected. Press Sign in with eBay again and choose Agree and Continue.';
const CODE_REFUSED =
  'eBay did not accept this sign-in: it is good once and for five minutes, and the RuName must be the one of this App ID. Press ' +
  'Sign in with eBay again.';
const INCOMPLETE = 'Fill in the App ID, the Cert ID and the RuName of your eBay keyset first.';

function applicationOf(credentials: Credentials): Keyset & { readonly ruName: string } {
  const keyset = readKeyset(credentials);
  const ruName = typed(credentials, 'ruName');
  if (keyset === null || ruName === '') throw new ChannelError('rejected', INCOMPLETE);
  return { ...keyset, ruName };
}
