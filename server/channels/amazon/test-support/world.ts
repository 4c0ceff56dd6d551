// A simulated Amazon account with a clock of its own, and a store opened on it.

import { afterEach } from '@jest/globals';
import { createTestSession, type TestSession } from '../../../../test/support/channel-session.ts';
import type { Channel, PushResult } from '../../channel.ts';
import type { Credentials } from '../../manifest.ts';
import { amazon } from '../index.ts';
import { type AmazonSimulatedShop, startAmazonSimulator } from '../simulator.ts';

const START = Date.parse('2026-11-23T10:00:00Z');
export const MINUTE_MS = 60_000;

export type World = {
  readonly shop: AmazonSimulatedShop;
  readonly session: TestSession;
  readonly channel: Channel;
  readonly pass: (ms: number) => void;
  readonly now: () => Date;
};
export const running: AmazonSimulatedShop[] = [];
/** Call once per test file. */
export function stopShopsAfterEach(): void {
  afterEach(async () => {
    await Promise.all(running.splice(0).map((shop) => shop.close()));
  });
}

/** Whoever waits is back at once: the clock of a test moves by `pass` alone. */
export const openSession = (credentials: Credentials, now: () => Date): TestSession =>
  Object.assign(createTestSession({ credentials, now }), { sleep: async () => undefined });

export async function open(credentials: Credentials = {}): Promise<World> {
  let nowMs = START;
  const now = (): Date => new Date(nowMs);
  const shop = await startAmazonSimulator({ port: 0, now, limits: false });
  running.push(shop);
  const session = openSession({ ...shop.credentials, ...credentials }, now);
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { shop, session, channel: amazon.open(session), pass, now };
}

export const push = async (
  { channel }: World,
  remoteId: string,
  quantity: number,
  expected: number | null = null,
): Promise<PushResult | undefined> => {
  const [result] = await channel.setAvailable([{ remoteId, handle: 'DEFAULT', quantity, expected }], 'key');
  return result;
};
export const quantityOf = ({ shop }: World, sku: string): number | undefined =>
  shop.shelf().find((one) => one.sku === sku)?.quantity;
export const requestsFor = ({ shop }: World, name: string): number => shop.requests()[name] ?? 0;
