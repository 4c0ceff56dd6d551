// Allowing our app into a seller account: Amazon's website workflow. The person says yes in Seller Central and comes back
// with a code that is good for five minutes. A refresh token of one's own app may be pasted instead.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelAuthorization } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import { AUTHORIZED_ON } from './access-end.ts';
import { type AmazonApp, readApp } from './credentials.ts';
import { requestToken, storedTokens } from './token.ts';

const DENIED =
  'The app was not allowed in at Amazon, so nothing was connected. Start again and choose Confirm.';
const OTHER_ACCOUNT =
  'You allowed the app in from another seller account than the merchant token names. Log in to Seller Central with the right ' +
  'account, or leave the merchant token empty.';
const NO_APPLICATION =
  'Fill in the application ID, from Seller Central under Apps and Services > Develop Apps; or paste a refresh token.';

export const authorization: ChannelAuthorization = {
  needs: ['countries', 'clientId', 'clientSecret', 'applicationId'],
  gives: ['sellerId', 'refreshToken'],
  start: ({ credentials, redirectUri, state }) => {
    const applicationId = (credentials['applicationId'] ?? '').trim();
    if (applicationId === '') throw new ChannelError('rejected', NO_APPLICATION);
    const address = new URL('/apps/authorize/consent', appOf(credentials).sellerCentral);
    address.search = new URLSearchParams({
      application_id: applicationId,
      state,
      redirect_uri: redirectUri,
      // Amazon refuses a draft without it (MD1000), and a published app with it.
      ...(isPublished(credentials) ? {} : { version: 'beta' }),
    }).toString();
    return address.href;
  },
  finish: async ({ credentials, redirectUri, state, query, http, now }) => {
    const app = appOf(credentials);
    const [code = '', sellerId = ''] = [query['spapi_oauth_code'], query['selling_partner_id']];
    if (query['state'] !== state || code === '' || sellerId === '')
      throw new ChannelError('rejected', DENIED);
    const typedSeller = (credentials['sellerId'] ?? '').trim();
    if (typedSeller !== '' && typedSeller !== sellerId) throw new ChannelError('rejected', OTHER_ACCOUNT);
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    const tokens = await requestToken(http, app, { form, repeatable: false }, now);
    if (tokens.refreshToken === null) {
      throw new ChannelError('transient', 'Login with Amazon answered without a refresh token. Start again.');
    }
    return {
      ...credentials,
      ...storedTokens(tokens),
      sellerId,
      [AUTHORIZED_ON]: now.toISOString(),
    };
  },
};

const isPublished = (credentials: Credentials): boolean =>
  /^(y|yes|true|published)$/i.test((credentials['publishedApp'] ?? '').trim());

function appOf(credentials: Credentials): AmazonApp {
  const read = readApp(credentials);
  if (read.kind === 'unusable') throw new ChannelError('rejected', read.problem);
  return read.app;
}
