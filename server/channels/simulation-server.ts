// The loopback HTTP server under every simulated shop: it counts requests, plays faults and hands the rest to the shop.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultBoard } from './simulation-faults.ts';
import type { SimulationRequest } from './simulation-request.ts';
import type { SimulatorOptions } from './simulator.ts';

export type { SimulationRequest } from './simulation-request.ts';

/** Far above any honest request: a body beyond this is an error of the caller. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const SLOW_MS = 1_000;

export type SimulationAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes are sent as they are; another object is sent as JSON. */
  readonly body: string | Buffer | object;
};

export type SimulationServerOptions = {
  readonly port: number;
  readonly latencyMs?: SimulatorOptions['latencyMs'];
  readonly faults: FaultBoard;
  /** The name a request is counted by: a route or an operation. */
  readonly nameOf: (request: SimulationRequest) => string;
  readonly handle: (request: SimulationRequest) => SimulationAnswer | Promise<SimulationAnswer>;
  /** The channel's own ways of saying "too many requests"; `turn` counts up so that several can alternate. */
  readonly throttled?: (turn: number, request: SimulationRequest) => SimulationAnswer;
  /** Whether a request changes the shop: only of such a one can the answer be lost after it acted. */
  readonly changes?: (request: SimulationRequest) => boolean;
  /** What a caller whose credentials were withdrawn hears. */
  readonly revoked: (request: SimulationRequest) => SimulationAnswer;
};

export type SimulationServer = {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly address: string;
  readonly port: number;
  readonly requests: () => Readonly<Record<string, number>>;
  readonly close: () => Promise<void>;
};

/** Every form of Retry-After a client must survive: sane, zero, negative, no number at all, absurdly far away. */
const RETRY_AFTER_VALUES = ['0', '-1', 'soon', '31536000', 'Wed, 21 Oct 2015 07:28:00 GMT'];

const tooManyRequests = (turn: number): SimulationAnswer => ({
  status: 429,
  headers: { 'retry-after': RETRY_AFTER_VALUES[turn % RETRY_AFTER_VALUES.length] ?? '0' },
  body: { message: 'Too many requests' },
});

const HTML_PAGE: SimulationAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: '<!DOCTYPE html><html><head><title>Down for maintenance</title></head><body><h1>Back soon</h1></body></html>',
};

const SERVER_ERROR: SimulationAnswer = {
  status: 503,
  headers: { 'content-type': 'text/plain' },
  body: 'Service Unavailable',
};

export async function startSimulationServer(options: SimulationServerOptions): Promise<SimulationServer> {
  const counts = new Map<string, number>();
  const changes = options.changes ?? (({ method }) => method !== 'GET');
  let throttleTurn = 0;

  /** Null: the connection breaks and the caller never hears an answer. */
  async function answer(request: SimulationRequest): Promise<SimulationAnswer | null> {
    const { faults } = options;
    if (faults.take('timeoutBefore')) return null;
    if (faults.take('serverError')) return SERVER_ERROR;
    if (faults.take('html')) return HTML_PAGE;
    const throttled = options.throttled ?? tooManyRequests;
    if (faults.take('throttle')) return throttled(throttleTurn++, request);
    if (faults.take('busy')) return throttled(0, request);
    if (faults.take('revoked')) return options.revoked(request);
    const result = await options.handle(request);
    return changes(request) && faults.take('timeoutAfter') ? null : result;
  }

  const server = createServer((incoming, outgoing) => {
    const serve = async (): Promise<void> => {
      const request = await readRequest(incoming);
      const name = options.nameOf(request);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const { latencyMs = 0 } = options;
      const waitMs = typeof latencyMs === 'number' ? latencyMs : 0;
      await pause(waitMs + (options.faults.take('slow') ? SLOW_MS : 0));
      // Where a clock is played, the shop's own work is a part of the time it takes, as it is at a real shop.
      const [result] = await Promise.all([
        answer(request),
        typeof latencyMs === 'number' ? undefined : latencyMs(request),
      ]);
      if (result === null) incoming.socket.destroy();
      else send(outgoing, result);
    };
    serve().catch((problem: unknown) => {
      if (!outgoing.headersSent) send(outgoing, { status: 500, body: `The simulator failed: ${problem}` });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    address: `http://127.0.0.1:${port}`,
    port,
    requests: () => Object.fromEntries(counts),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SimulationRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > BODY_BYTES_MAX) throw new RangeError('The request body is too long.');
    chunks.push(chunk as Buffer);
  }
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? '127.0.0.1'}`),
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(outgoing: ServerResponse, answer: SimulationAnswer): void {
  const isText = typeof answer.body === 'string';
  outgoing.writeHead(answer.status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    ...answer.headers,
  });
  const isSentAsIs = isText || Buffer.isBuffer(answer.body);
  outgoing.end(isSentAsIs ? answer.body : JSON.stringify(answer.body));
}

// The shop that listens keeps the process alive; once it is closed, nobody waits for its answer.
const pause = (ms: number): Promise<void> =>
  ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms).unref()) : Promise.resolve();
