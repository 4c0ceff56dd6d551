// Looks at an account before and after connecting: who it is, what the token may do, and whether 0 would end a listing.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession, CheckReport, Finding } from '../channel.ts';
import type { EbayClient } from './client.ts';
import { refreshTokenEndsAt, typed } from './credentials.ts';
import { readOutOfStockControl } from './trading.ts';

export const userShape = z.object({ userId: z.string().nullish(), username: z.string().nullish() });
const TOLD_DAYS_BEFORE = 30;

export async function check(session: ChannelSession, client: EbayClient): Promise<CheckReport> {
  const findings: Finding[] = [];
  const user = await attempt(() => client.get('/commerce/identity/v1/user/', userShape));
  if (!user.ok) {
    const finding: Finding = { level: 'blocker', message: user.problem };
    return { storeName: null, findings: [finding], locations: [] };
  }
  const { username, userId } = user.value;
  for (const route of NEEDED) {
    const reading = await attempt(() => client.get(route, z.unknown()));
    if (reading.ok || findings.some(({ message }) => message === reading.problem)) continue;
    findings.push({ level: 'blocker', message: reading.problem });
  }
  const control = await attempt(() => readOutOfStockControl(client));
  if (!control.ok) findings.push({ level: 'warning', message: control.problem });
  else if (!control.value) findings.push({ level: 'warning', message: ENDS_AT_ZERO });
  findings.push(...tokenFindings(session));
  return { storeName: username || userId || 'eBay account', findings, locations: [] };
}

/** One reading for each scope we cannot do without. */
const NEEDED = ['/sell/inventory/v1/inventory_item?limit=1', '/sell/fulfillment/v1/order?limit=1'];

const ENDS_AT_ZERO =
  'Out-of-stock control is off, so eBay ends a listing that runs out instead of hiding it. Turn it on in My eBay › Account › ' +
  'Site preferences › Multi-quantity listings.';

const NO_DATE =
  'The date until which the refresh token is valid could not be read. Write it as 2028-05-24, or leave it empty.';

const DAY_MS = 24 * 3_600_000;

function tokenFindings({ credentials, now }: ChannelSession): readonly Finding[] {
  const endsOn = typed(credentials, 'refreshTokenEndsOn');
  if (endsOn === '') return [];
  const endsAt = refreshTokenEndsAt(credentials);
  if (endsAt === null) return [{ level: 'warning', message: NO_DATE }];
  const days = Math.floor((endsAt.getTime() - now().getTime()) / DAY_MS);
  if (days > TOLD_DAYS_BEFORE) return [];
  const when = days < 0 ? 'has ended' : `ends in ${days} days`;
  const message = `The refresh token ${when} (${endsOn}). Sign in with eBay again, or enter a new one.`;
  return [{ level: 'warning', message }];
}

type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (problem) {
    if (problem instanceof ChannelError) return { ok: false, problem: problem.message };
    throw problem;
  }
}
