// One attempt at one request: through the egress guard, over a pinned address, within a time and a size.

import { Agent, type Dispatcher, errors, request as sendRequest } from 'undici';
import type { ChannelRequest, ChannelResponse } from './channel-http.ts';
import { checkAddress, type EgressPolicy, EgressRefusal, guardedLookup } from './egress.ts';

const MIB = 1024 * 1024;
/** Of an answer, where the request does not name another size. */
const ANSWER_BYTES_MAX = 20 * MIB;
const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 16;

export type Attempt =
  | { readonly kind: 'answer'; readonly response: ChannelResponse }
  /** No answer came: whether the request was carried out is not known. */
  | { readonly kind: 'lost'; readonly message: string; readonly cause: unknown }
  | { readonly kind: 'refused'; readonly message: string };

export function createAgent(policy: EgressPolicy): Agent {
  return new Agent({
    connect: { lookup: guardedLookup(policy), timeout: CONNECT_TIMEOUT_MS },
    connections: CONNECTIONS_MAX,
    allowH2: false, // one request a connection keeps the time-out and the size cap simple
  });
}

/** Never throws; redirects are answers like any other and are not followed. */
export async function attempt(
  agent: Agent,
  policy: EgressPolicy,
  request: ChannelRequest,
  timeoutMs: number,
): Promise<Attempt> {
  // A signature may move into the address, so it comes before the guard.
  const signed = request.sign?.({ method: request.method, url: request.url });
  const address = checkAddress(signed?.url ?? request.url, policy);
  if (!address.ok) return { kind: 'refused', message: address.message };
  try {
    const answer = await sendRequest(address.url, {
      dispatcher: agent,
      method: request.method,
      headers: headersOf({ ...request.headers, ...signed?.headers }),
      body: request.body ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { kind: 'answer', response: await readAnswer(answer, request) };
  } catch (error) {
    return describe(error, address.url.hostname, timeoutMs);
  }
}

// "Host" would decide which certificate is asked for, against the address that was checked.
const headersOf = (headers: Readonly<Record<string, string>>): Record<string, string> => ({
  'user-agent': 'Stocksheet',
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host')),
});

class AnswerTooLarge extends Error {
  readonly bytesMax: number;
  constructor(bytesMax: number) {
    super('The answer is too large.');
    this.bytesMax = bytesMax;
  }
}

async function readAnswer(
  answer: Dispatcher.ResponseData,
  { answerAs = 'text', answerBytesMax = ANSWER_BYTES_MAX }: ChannelRequest,
): Promise<ChannelResponse> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const bytes = await readBytes(answer.body, answerBytesMax);
  const text = answerAs === 'text' ? new TextDecoder().decode(bytes) : bytes.toString('latin1');
  return { status: answer.statusCode, headers, text };
}

async function readBytes(body: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > bytesMax) throw new AnswerTooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function describe(error: unknown, hostname: string, timeoutMs: number): Attempt {
  if (error instanceof EgressRefusal) return { kind: 'refused', message: error.message };
  if (error instanceof AnswerTooLarge) {
    const size = `${Math.floor(error.bytesMax / MIB)} MiB`;
    const message = `The store at ${hostname} sent an answer of more than ${size}, which was not read.`;
    return { kind: 'refused', message };
  }
  if (error instanceof errors.InvalidArgumentError) {
    return { kind: 'refused', message: `The request to ${hostname} could not be written: ${error.message}.` };
  }
  const isLate =
    (error as { name?: unknown }).name === 'TimeoutError' ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError;
  const message = isLate
    ? `The store at ${hostname} did not answer within ${Math.ceil(timeoutMs / 1_000)} seconds.`
    : `The store at ${hostname} could not be reached.`;
  return { kind: 'lost', message, cause: error };
}
