// The one error that leaves a channel, carrying what the caller acts on.

export const CHANNEL_ERROR_KINDS = ['auth', 'throttled', 'gone', 'rejected', 'transient'] as const;
export type ChannelErrorKind = (typeof CHANNEL_ERROR_KINDS)[number];

/**
 * auth: credentials or permissions no longer work; a person must reconnect.
 * throttled: come back after retryAfterMs. transient: try again later.
 * gone: the store or the thing asked for does not exist any more. rejected: the store refuses this request for good.
 */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  readonly kind: ChannelErrorKind;
  readonly retryAfterMs: number | null;

  constructor(
    kind: ChannelErrorKind,
    message: string,
    options: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
