// What a channel may use to reach its shop. The implementation adds the egress guard, the store's limiter, time-outs
// and the one layer of retries.

export type ChannelRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; the caller sets the content type. */
  readonly body?: string;
  /** Repeating this request cannot do harm: it is retried after a lost answer. GET is always repeatable. */
  readonly repeatable: boolean;
  /** Changes no stock, whatever its method says: a query, or a token. It may leave also where changes may not. */
  readonly changesNothing?: boolean;
  /** Points this request is likely to cost, for channels with a cost limit. */
  readonly cost?: number;
  /** Called before every attempt, retries too: for signatures that may not be used twice (OAuth 1.0a nonces). */
  readonly sign?: (request: {
    readonly method: string;
    readonly url: string;
  }) => Readonly<{ url?: string; headers?: Readonly<Record<string, string>> }>;
  readonly timeoutMs?: number;
  /** The operation this is, where the manifest publishes limits for operations besides the one of the store. */
  readonly operation?: string;
  /** `bytes`: the answer's text is one character for each byte, for what is compressed or not UTF-8. */
  readonly answerAs?: 'text' | 'bytes';
  /** A larger answer is not read. Absent: 20 MiB. */
  readonly answerBytesMax?: number;
};

export type ChannelResponse = {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
};

export type ChannelHttp = {
  /**
   * Sends and retries what may be retried (connection errors, 429, 502–504 on repeatable requests, within a budget).
   * Answers any status below 500 except 429; throws ChannelError `transient` or `throttled` otherwise, and `rejected` when
   * the egress guard refuses the address.
   * `judge` looks at an answer before it is returned: a channel that says "throttled" inside HTTP 200 reports it here.
   * It also sees a 429 that has no usable Retry-After, where only its time to wait counts.
   */
  readonly send: (
    request: ChannelRequest,
    judge?: (response: ChannelResponse) => Verdict,
  ) => Promise<ChannelResponse>;
  /** Tells the limiter what the shop says about its own bucket. */
  readonly observe: (state: LimitObservation) => void;
};

export type Verdict =
  | { readonly kind: 'fine' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'transient'; readonly message: string };

export type LimitObservation =
  | {
      readonly kind: 'cost';
      readonly availablePoints: number;
      readonly maximumPoints: number;
      readonly restorePointsPerSecond: number;
    }
  | {
      readonly kind: 'window';
      readonly requestsLeft: number;
      readonly resetMs: number;
      /** The whole of this store's window, where its plan has more than what is published for all. */
      readonly whole?: { readonly requests: number; readonly perMs: number };
    }
  /** How fast the bucket of this operation refills for this store. */
  | { readonly kind: 'rate'; readonly operation: string; readonly restorePointsPerSecond: number };
