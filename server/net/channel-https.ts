// The way out of each store: made once per process, so that its breaker and its retry budget are remembered.

import type { ChannelManifest, Credentials } from '../channels/manifest.ts';
import type { ChannelHttp } from './channel-http.ts';
import { type ChannelHttpOptions, createChannelHttp } from './create-channel-http.ts';
import { hostsOfStore } from './egress.ts';
import type { Limiters } from './limiter.ts';

/** More stores than any one process serves; beyond it the longest known is made anew when needed. */
const KEPT_MAX = 1_000;

export type ChannelHttpsParts = Pick<ChannelHttpOptions, 'now' | 'sleep' | 'onRetry'> & {
  readonly limiters: Limiters;
  readonly allowLoopback: boolean;
};

/** `bucket` names what the channel's limit is counted for, such as a store's id. */
export function createChannelHttps(
  parts: ChannelHttpsParts,
): (manifest: ChannelManifest, credentials: Credentials, bucket: string) => ChannelHttp {
  const kept = new Map<string, ChannelHttp>();
  const { limiters, allowLoopback, ...rest } = parts;
  return (manifest, credentials, bucket) => {
    const hosts = hostsOfStore(manifest, credentials);
    const key = [bucket, ...hosts].join(' ');
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = createChannelHttp({
      ...rest,
      limiter: limiters(bucket, manifest.limits.rate),
      operationLimiter: (operation) => {
        const limit = manifest.limits.operations?.[operation];
        return limit === undefined ? null : limiters(`${bucket} ${operation}`, limit);
      },
      egress: { allowLoopback, hosts, allowHttp: manifest.signsPlainHttp === true },
      timeoutMs: manifest.limits.requestTimeoutMs,
    });
    kept.set(key, made);
    const oldest = kept.size > KEPT_MAX ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    return made;
  };
}
