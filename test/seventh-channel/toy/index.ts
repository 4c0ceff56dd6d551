// The toy channel: everything a channel needs, against an API that nobody has.

import * as z from 'zod';
import type {
  ChannelDefinition,
  ChannelSession,
  PushResult,
  PushTarget,
} from '../../../server/channels/channel.ts';
import { ChannelError } from '../../../server/net/channel-error.ts';
import type { OrderSnapshot } from '../../../shared/model/order.ts';
import { manifest } from './manifest.ts';
import { startToySimulator } from './simulator.ts';

const listing = z.object({
  id: z.string(),
  sku: z.string().nullable(),
  title: z.string(),
  state: z.enum(['active', 'draft', 'inactive']),
  tracked: z.boolean(),
  quantity: z.int(),
  updatedAt: z.coerce.date(),
});
const line = z.object({
  id: z.string(),
  listing: z.string(),
  sku: z.string().nullable(),
  ordered: z.int(),
  fulfilled: z.int(),
  released: z.int(),
  restocked: z.int(),
});
const order = z.object({
  id: z.string(),
  placedAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
  cancelled: z.boolean(),
  lines: z.array(line),
});
const listings = z.object({ items: z.array(listing), next: z.string().nullable() });
const orders = z.object({ items: z.array(order), next: z.string().nullable() });
const outcomes = z.object({ items: z.array(z.object({ kind: z.string(), observed: z.int().optional() })) });

export const toy: ChannelDefinition = { manifest, open, simulator: startToySimulator };

function open(session: ChannelSession): ReturnType<ChannelDefinition['open']> {
  const ask = createAsk(session);
  const byId = async (ids: readonly string[]) => {
    const found = ids.length === 0 ? [] : (await ask(listings, 'POST', '/listings/read', { ids })).items;
    return new Map(found.map((one) => [one.id, one]));
  };
  return {
    check: async () => {
      try {
        const { name } = await ask(z.object({ name: z.string() }), 'GET', '/me');
        return { storeName: name, findings: [], locations: [] };
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        return { storeName: null, findings: [{ level: 'blocker', message: error.message }], locations: [] };
      }
    },
    listListings: async ({ updatedFrom }, page) => {
      const query = { after: page ?? '', from: updatedFrom?.toISOString() ?? '' };
      const { items, next } = await ask(listings, 'POST', '/listings/list', query);
      return {
        listings: items.map(({ id, quantity: _quantity, ...rest }) => ({
          ...rest,
          remoteId: id,
          handle: id,
          notPushable: null,
        })),
        next,
      };
    },
    listOrders: async (query, page) => {
      const from = query.kind === 'updated' ? query.from.toISOString() : '';
      const answer = await ask(orders, 'POST', `/orders/${query.kind}`, { after: page ?? '', from });
      return { orders: answer.items.map(snapshotOf), next: answer.next };
    },
    readOrders: async (ids) => {
      if (ids.length === 0) return [];
      const { items } = await ask(orders, 'POST', '/orders/read', { ids });
      const found = new Map(items.map((one) => [one.id, one]));
      return ids.map((remoteId) => {
        const one = found.get(remoteId);
        return one === undefined ? { kind: 'gone', remoteId } : { kind: 'order', order: snapshotOf(one) };
      });
    },
    readAvailable: async (wanted) => {
      const found = await byId(wanted.map(({ remoteId }) => remoteId));
      return wanted.map(({ remoteId, handle }) => {
        const one = found.get(remoteId);
        const reading =
          one === undefined
            ? ({ kind: 'gone' } as const)
            : one.tracked
              ? ({ kind: 'quantity', quantity: one.quantity } as const)
              : ({ kind: 'untracked' } as const);
        return { remoteId, handle, reading };
      });
    },
    setAvailable: async (targets, key) => {
      const good = targets.filter(isPossible);
      const items =
        good.length === 0 ? [] : (await ask(outcomes, 'PUT', '/quantities', { key, targets: good })).items;
      const answers = new Map(good.map((target, index) => [target.remoteId, items[index]]));
      return targets.map((target) => resultOf(target, answers.get(target.remoteId)));
    },
  };
}

const isPossible = ({ quantity }: PushTarget): boolean =>
  Number.isInteger(quantity) && quantity >= 0 && quantity <= manifest.capabilities.quantityMax;

const WORDS: Readonly<Record<string, string>> = {
  untracked: 'The shop does not count this toy. Turn counting on.',
  gone: 'The shop no longer has this toy.',
  rejected: 'The shop takes whole numbers from 0 only.',
};

function resultOf(
  { remoteId, handle }: PushTarget,
  answer: { readonly kind: string; readonly observed?: number | undefined } | undefined,
): PushResult {
  const kind = answer?.kind ?? 'rejected';
  if (kind === 'accepted') return { remoteId, handle, kind };
  if (kind === 'stale') return { remoteId, handle, kind, observed: answer?.observed ?? 0 };
  const known = kind === 'untracked' || kind === 'gone' ? kind : 'rejected';
  return { remoteId, handle, kind: known, message: WORDS[known] ?? '' };
}

const snapshotOf = (one: z.output<typeof order>): OrderSnapshot => ({
  remoteId: one.id,
  number: one.id,
  placedAt: one.placedAt,
  updatedAt: one.updatedAt,
  state: one.cancelled ? 'cancelled' : 'open',
  channelState: one.cancelled ? 'cancelled' : 'open',
  test: false,
  lines: one.lines.map((item) => ({
    lineId: item.id,
    sku: item.sku,
    title: item.sku ?? item.id,
    counts: {
      ordered: item.ordered,
      fulfilled: item.fulfilled,
      released: item.released,
      writtenOff: 0,
      restocked: item.restocked,
    },
    dated: [],
    listingRemoteId: item.listing,
    taken: null,
    locationId: null,
    ignoredBecause: null,
  })),
});

function createAsk({ credentials, http }: ChannelSession) {
  return async <Shape extends z.ZodType>(
    shape: Shape,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    content?: object,
  ): Promise<z.output<Shape>> => {
    const token = credentials['token'] ?? '';
    if (token === '') throw new ChannelError('auth', 'Fill in the token.');
    const response = await http.send(
      {
        method,
        url: `${credentials['apiBase'] ?? 'https://api.toy.example'}${path}`,
        headers: { authorization: token, 'content-type': 'application/json' },
        ...(content === undefined ? {} : { body: JSON.stringify(content) }),
        // What changes something carries a key, by which the shop knows it again.
        repeatable: true,
      },
      ({ text }) =>
        text.startsWith('<') ? { kind: 'transient', message: 'The shop is closed.' } : { kind: 'fine' },
    );
    if (response.status === 401) throw new ChannelError('auth', 'The shop does not know this token.');
    if (response.status >= 400) throw new ChannelError('rejected', 'The shop refuses this.');
    return shape.parse(JSON.parse(response.text));
  };
}
