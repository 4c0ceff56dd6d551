// Delivers a simulated shop's webhooks over real HTTP: with the shop's retries, and lost, repeated or shuffled on demand.

import type { FaultBoard } from './simulation-faults.ts';

const DELIVERY_TIMEOUT_MS = 5_000;
/** How long shuffled deliveries are gathered before they leave in another order. */
const SHUFFLE_GATHER_MS = 30;

export type SimulatedDelivery = {
  readonly subscriptionId: string;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type WebhookCourier = {
  readonly deliver: (delivery: SimulatedDelivery) => void;
  /** Waits until nothing is due any more, retries included. */
  readonly settled: () => Promise<void>;
  /** Gives up what is still due. */
  readonly stop: () => Promise<void>;
};

export type CourierOptions = {
  readonly faults: FaultBoard;
  /** How often one delivery is tried in all. */
  readonly attempts: number;
  /** Real shops wait minutes to hours; the rehearsal waits this long, doubled each time. */
  readonly retryDelayMs: number;
  /** After every attempt. Answers false when the subscription is gone and no retry is due. */
  readonly onAttempt: (delivery: SimulatedDelivery, accepted: boolean) => boolean;
};

export function createWebhookCourier(options: CourierOptions): WebhookCourier {
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  let gathered: SimulatedDelivery[] = [];

  function start(delivery: SimulatedDelivery): void {
    const work = carry(delivery, options, stopping.signal).finally(() => underWay.delete(work));
    underWay.add(work);
  }

  function gather(delivery: SimulatedDelivery): void {
    gathered.push(delivery);
    if (gathered.length > 1) return;
    const release = pause(SHUFFLE_GATHER_MS, stopping.signal).then(() => {
      underWay.delete(release);
      // Newest first is the order furthest from what happened.
      const due = gathered.reverse();
      gathered = [];
      for (const one of due) start(one);
    });
    underWay.add(release);
  }

  const settled = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return {
    deliver: (delivery) => {
      if (stopping.signal.aborted || options.faults.take('loseWebhooks')) return;
      const times = options.faults.take('repeatWebhooks') ? 3 : 1;
      const send = options.faults.take('shuffleWebhooks') ? gather : start;
      for (let time = 0; time < times; time += 1) send(delivery);
    },
    settled,
    stop: async () => {
      stopping.abort();
      await settled();
    },
  };
}

async function carry(
  delivery: SimulatedDelivery,
  options: CourierOptions,
  stopped: AbortSignal,
): Promise<void> {
  for (let attempt = 1; attempt <= options.attempts && !stopped.aborted; attempt += 1) {
    const accepted = await post(delivery, stopped);
    const goOn = options.onAttempt(delivery, accepted);
    if (accepted || !goOn) return;
    if (attempt < options.attempts) await pause(options.retryDelayMs * 2 ** (attempt - 1), stopped);
  }
}

async function post(delivery: SimulatedDelivery, stopped: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(delivery.address, {
      method: 'POST',
      headers: delivery.headers,
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]),
    });
    await answer.arrayBuffer();
    return answer.status >= 200 && answer.status < 300;
  } catch {
    return false; // refused, reset or too slow: to the shop a failed delivery like any other
  }
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stopped.addEventListener('abort', end, { once: true });
  });
}
