// Looks at a store before it is connected, and daily after: credentials, roles, marketplaces, and the age of the secret.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession, CheckReport, Finding } from '../channel.ts';
import { SECRET_REMEDY, secretEndsAt } from './access-end.ts';
import { participationsAnswer, searchItemsAnswer, searchOrdersAnswer } from './answers.ts';
import type { AmazonClient } from './client.ts';
import { type Account, readCredentials } from './credentials.ts';
import { ORDERS_LISTED_AFTER_MS } from './manifest.ts';
import { subscribe } from './notifications.ts';
import { readQueue, receive } from './queue.ts';

const DAY_MS = 24 * 3_600_000;
const WARN_BEFORE_DAYS = 90;

export async function check(session: ChannelSession, client: AmazonClient): Promise<CheckReport> {
  const account = readCredentials(session.credentials);
  if (account.kind === 'unusable') return report(null, [blocker(account.problem)]);
  try {
    // First what every app may do: whatever fails here is about the credentials or the roles themselves.
    await lookAtListings(client, account);
    await lookAtOrders(session, client, account);
    await lookAtQueue(session, client);
    const { storeName, findings } = await lookAtMarketplaces(client, account);
    return report(storeName ?? `Amazon ${account.sellerId}`, [...findings, ...lookAtSecret(session)]);
  } catch (problem) {
    const isForPeople =
      problem instanceof ChannelError && ['auth', 'gone', 'rejected'].includes(problem.kind);
    if (isForPeople) return report(null, [blocker(problem.message)]);
    throw problem;
  }
}

const report = (storeName: string | null, findings: readonly Finding[]): CheckReport => ({
  storeName,
  findings,
  locations: [],
});
const blocker = (message: string): Finding => ({ level: 'blocker', message });
const warning = (message: string): Finding => ({ level: 'warning', message });

async function lookAtListings(client: AmazonClient, { sellerId, marketplaces }: Account): Promise<void> {
  const query = { marketplaceIds: marketplaces.map(({ id }) => id), pageSize: 1 };
  await client.call('searchListingsItems', { path: { sellerId }, query }, searchItemsAnswer);
}

async function lookAtOrders(
  session: ChannelSession,
  client: AmazonClient,
  { marketplaces }: Account,
): Promise<void> {
  const query = {
    marketplaceIds: marketplaces.map(({ id }) => id),
    lastUpdatedAfter: new Date(session.now().getTime() - 2 * ORDERS_LISTED_AFTER_MS).toISOString(),
    maxResultsPerPage: 1,
  };
  await client.call('searchOrders', { query }, searchOrdersAnswer);
}

/** The seller's own queue, where there is one: it must be readable, and Amazon must know of it. */
async function lookAtQueue(session: ChannelSession, client: AmazonClient): Promise<void> {
  const queue = readQueue(session.credentials);
  if (queue.kind === 'none') return;
  if (queue.kind === 'unusable') throw new ChannelError('rejected', queue.problem);
  await receive(session, queue, { hidden: false });
  await subscribe(session, client, queue);
}

async function lookAtMarketplaces(
  client: AmazonClient,
  account: Account,
): Promise<{ readonly storeName: string | null; readonly findings: readonly Finding[] }> {
  const answer = await client
    .call('getMarketplaceParticipations', {}, participationsAnswer)
    .catch((problem: unknown) => {
      // Needs a role that nothing else here needs, and has a limit of its own: without it only the name is missing.
      if (problem instanceof ChannelError && ['auth', 'throttled'].includes(problem.kind)) return null;
      throw problem;
    });
  if (answer === null) return { storeName: null, findings: [] };
  const own = (answer.payload ?? []).filter(({ participation }) => participation.isParticipating);
  const findings = account.marketplaces.flatMap(({ id, country }): Finding[] => {
    const found = own.find(({ marketplace }) => marketplace.id === id);
    if (found === undefined) {
      return [blocker(`This account does not sell in ${country}. Take ${country} out of the countries.`)];
    }
    if (!found.participation.hasSuspendedListings) return [];
    return [warning(`Amazon has paused the listings in ${country}. See Account Health in Seller Central.`)];
  });
  const first = own.find(({ marketplace }) => marketplace.id === account.marketplaces[0]?.id);
  return { storeName: first?.storeName || null, findings };
}

/** All calls fail once the secret has ended, so it is said long before. */
function lookAtSecret({ credentials, now }: ChannelSession): readonly Finding[] {
  const text = (credentials['secretRotatedOn'] ?? '').trim();
  if (text === '') {
    return [
      warning(
        'Amazon ends a client secret 180 days after it was made. Fill in the day it was made to be warned in time.',
      ),
    ];
  }
  const endsAt = secretEndsAt(credentials);
  if (endsAt === null) {
    return [
      warning(`"${text.slice(0, 30)}" is not a day. Type when the client secret was made as 2026-11-23.`),
    ];
  }
  const daysLeft = Math.ceil((endsAt.getTime() - now().getTime()) / DAY_MS);
  if (daysLeft > WARN_BEFORE_DAYS) return [];
  const when = daysLeft > 0 ? `ends in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}` : 'has ended';
  return [warning(`The client secret ${when}. ${SECRET_REMEDY}`)];
}
