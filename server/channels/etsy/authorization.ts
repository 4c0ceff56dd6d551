// Allowing our app into a shop: OAuth 2 authorization code with PKCE. The person says yes at Etsy and comes back with a
// code, which is traded once for the first pair of tokens.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelAuthorization } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { type EtsyApp, readApp } from './credentials.ts';
import { SCOPES } from './manifest.ts';
import { requestPair } from './token-pair.ts';

const DENIED =
  'You did not allow the app into the shop at Etsy, so nothing was connected. Start again and choose Grant access.';
const REFUSED =
  'Etsy refused to finish the connection: its code is good once and for a few minutes only, and the callback address must be ' +
  'exactly the one of your app. Check it on etsy.com/developers/your-apps and start again.';

export const authorization: ChannelAuthorization = {
  needs: ['keystring', 'sharedSecret'],
  gives: ['refreshToken'],
  start: ({ credentials, redirectUri, state, codeChallenge }) => {
    const app = appOf(credentials);
    const address = new URL(app.consentUrl);
    address.search = new URLSearchParams({
      response_type: 'code',
      client_id: app.keystring,
      redirect_uri: redirectUri,
      scope: SCOPES.join(' '),
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
    }).toString();
    return address.href;
  },
  finish: async ({ credentials, redirectUri, state, query, codeVerifier, http, now }) => {
    const app = appOf(credentials);
    if (query['state'] !== state) throw new ChannelError('rejected', REFUSED);
    if (query['error'] !== undefined) throw new ChannelError('rejected', DENIED);
    const form = {
      grant_type: 'authorization_code',
      redirect_uri: redirectUri,
      code: query['code'] ?? '',
      code_verifier: codeVerifier,
    };
    const pair = await requestPair(http, app, { form, refused: REFUSED, repeatable: false }, now);
    // Of another shop, should this one have been connected before.
    const { shopId: _shopId, ...typed } = credentials;
    return { ...typed, ...pair };
  },
};

function appOf(credentials: Credentials): EtsyApp {
  const app = readApp(credentials);
  if (app.kind === 'unusable') throw new ChannelError('rejected', app.problem);
  return app;
}
