// Looks at a shop before it is connected, and daily after: token, permissions, holiday mode, the end of the
// refresh token.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession, CheckReport, Finding } from '../channel.ts';
import type { Credentials } from '../manifest.ts';
import type { EtsyClient } from './client.ts';
import { readCredentials } from './credentials.ts';
import { SCOPES } from './manifest.ts';
import { scopesShape, shopShape } from './shapes.ts';
import { accessEnds } from './token-pair.ts';

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
      return blocked(`${scopes}. Connect the shop again and allow all of them.`);
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
const newest = (session: ChannelSession): Promise<Credentials> => session.alone(async (fresh) => fresh);

function findEnd(credentials: Credentials, now: Date): readonly Finding[] {
  const end = accessEnds(credentials);
  const leftMs = (end?.at.getTime() ?? Number.POSITIVE_INFINITY) - now.getTime();
  if (end === null || leftMs > TELL_BEFORE_MS) return [];
  const days = Math.max(0, Math.floor(leftMs / DAY_MS));
  return [{ level: 'warning', message: `The access ends in ${days} days. ${end.message}` }];
}
