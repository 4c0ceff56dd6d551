// The public keys that eBay signs its notifications with: asked for by their id, and kept for an hour, as eBay asks.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelHttp } from '../../net/channel-http.ts';
import type { ChannelSession } from '../channel.ts';
import { createClient } from './client.ts';
import type { PublicKey } from './notification.ts';
import { createApplicationTokenSource } from './token.ts';

const publicKeyShape = z.object({ key: z.string().min(1), digest: z.string().min(1) });

const KEPT_MS = 3_600_000;
/** Anybody can send us ids that eBay does not know: so many are asked about in an hour, and then none. */
const UNKNOWN_MAX = 20;

type Kept = {
  sinceMs: number;
  unknownCount: number;
  readonly keys: Map<string, Promise<PublicKey | null>>;
};
const keptBy = new WeakMap<ChannelHttp, Kept>();

/** Null: eBay has no such key. */
export async function publicKeyOf(session: ChannelSession, kid: string): Promise<PublicKey | null> {
  if (!/^[\w-]{1,100}$/.test(kid)) return null;
  const kept = keptOf(session);
  const known = kept.keys.get(kid);
  if (known !== undefined) return known;
  if (kept.unknownCount >= UNKNOWN_MAX) return null;
  const asked = ask(session, kid);
  kept.keys.set(kid, asked);
  try {
    const key = await asked;
    if (key === null) kept.unknownCount += 1;
    return key;
  } catch (problem) {
    kept.keys.delete(kid);
    throw problem;
  }
}

function keptOf({ http, now }: ChannelSession): Kept {
  const nowMs = now().getTime();
  const known = keptBy.get(http);
  if (known !== undefined && nowMs - known.sinceMs < KEPT_MS) return known;
  const fresh: Kept = { sinceMs: nowMs, unknownCount: 0, keys: new Map() };
  keptBy.set(http, fresh);
  return fresh;
}

async function ask(session: ChannelSession, kid: string): Promise<PublicKey | null> {
  const client = createClient(session, createApplicationTokenSource(session));
  try {
    return await client.get(`/commerce/notification/v1/public_key/${kid}`, publicKeyShape);
  } catch (problem) {
    if (problem instanceof ChannelError && (problem.kind === 'gone' || problem.kind === 'rejected')) {
      return null;
    }
    throw problem;
  }
}
