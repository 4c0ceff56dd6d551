// Looks at a shop before it is connected, and daily after: token, permissions, holiday mode, the end of the
// refresh token.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession, CheckReport, Finding } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import type { EtsyClient } from './client.ts';
import { readCredentials } from './credentials.ts';
import { scopesShape, shopShape } from './shapes.ts';
import { REFRESH_TOKEN_ENDS_AT, TOKEN_TURN } from './token.ts';

const SCOPES = ['listings_r', 'listings_w', 'transactions_r', 'shops_r'];
const TELL_BEFORE_MS = 14 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export async function check(session: ChannelSession, client: EtsyClient): Promise<CheckReport> {
  const credentials = readCredentials(session.credentials);
  if (credentials.kind === 'unusable') return blocked(credentials.problem);
  try {
    const granted = await client.scopes(scopesShape);
    const missing = SCOPES.filter((scope) => !granted.includes(scope));
    if (missing.length > 0) {
      const scopes = `The app lacks ${missing.join(', ')}`;
      return blocked(`${scopes}. Allow it access again with these scopes and paste the new refresh token.`);
    }
    const shop = await client.get(`/shops/${await client.shopId()}`, shopShape);
    const findings = [
      ...findHoliday(shop.is_vacation === true),
      ...findEnd(await newest(session), session.now()),
    ];
    return { storeName: shop.shop_name ?? 'Etsy shop', findings, locations: [] };
  } catch (problem) {
    if (!(problem instanceof ChannelError)) throw problem;
    return blocked(problem.message);
  }
}

const blocked = (message: string): CheckReport => ({
  storeName: null,
  findings: [{ level: 'blocker', message }],
  locations: [],
});

const findHoliday = (isAway: boolean): readonly Finding[] =>
  isAway
    ? [
        {
          level: 'warning',
          message:
            'The shop is in holiday mode, in which Etsy lists nothing as active. Turn it off in Shop Manager > Settings.',
        },
      ]
    : [];

/** The session's own copy may be older than a renewal of this very check. */
const newest = (session: ChannelSession): Promise<Credentials> =>
  session.alone(TOKEN_TURN, async (fresh) => fresh);

/** Every use gives a new token, so this is near only for a store that was left alone. */
function findEnd(credentials: Credentials, now: Date): readonly Finding[] {
  const endsAt = new Date(credentials[REFRESH_TOKEN_ENDS_AT] ?? Number.NaN).getTime();
  const leftMs = endsAt - now.getTime();
  if (Number.isNaN(leftMs) || leftMs > TELL_BEFORE_MS) return [];
  const days = Math.max(0, Math.floor(leftMs / DAY_MS));
  const message = `The access to this shop ends in ${days} days unless it is used. Turn sync on, or connect it again before then.`;
  return [{ level: 'warning', message }];
}
