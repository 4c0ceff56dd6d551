// Signed calls to the server. Whatever goes wrong comes back as one plain sentence, never as a raw error.

import * as z from 'zod/mini';
import { errorAnswer } from '../shared/api/errors.ts';
import { IDENTITY_HEADER, SIGNATURE_HEADERS, signedText } from '../shared/api/signing.ts';
import { waitInWords } from '../shared/model/duration.ts';
import type { HttpAnswer, HttpPort } from './ports.ts';

export type Connection = {
  /** Scheme and host of the server, without a slash at the end. */
  readonly address: string;
  readonly keyId: string;
  readonly secret: string;
  /** What formulas in cells sign with; it reads stock only. */
  readonly formulasKey?: { readonly keyId: string; readonly secret: string };
};

export type CallResult<Value> = { readonly ok: true; readonly value: Value } | Failure;

export type Failure = {
  readonly ok: false;
  readonly message: string;
  readonly maybeDone: boolean;
  /** The very same would be refused again: a person must do something first. */
  readonly needsPerson: boolean;
};

type Call<Schema extends z.ZodMiniType> = {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Path and query, exactly as requested. */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: Schema;
};

export function callServer<Schema extends z.ZodMiniType>(
  http: HttpPort,
  connection: Connection,
  call: Call<Schema>,
): CallResult<z.output<Schema>> {
  const body = call.body === undefined ? '' : JSON.stringify(call.body);
  return send(http, connection.address, call, body, signatureHeaders(http, connection, call, body));
}

/** For a sheet that has no key yet. */
export function callUnsigned<Schema extends z.ZodMiniType>(
  http: HttpPort,
  address: string,
  call: Call<Schema>,
): CallResult<z.output<Schema>> {
  return send(http, address, call, JSON.stringify(call.body), {});
}

function send<Schema extends z.ZodMiniType>(
  http: HttpPort,
  address: string,
  call: Call<Schema>,
  body: string,
  headers: Readonly<Record<string, string>>,
): CallResult<z.output<Schema>> {
  const { method } = call;
  let answer: HttpAnswer;
  try {
    answer = http.fetch({ url: address + call.path, method, headers, body: body === '' ? null : body });
  } catch (error) {
    return unreachable(address, error);
  }
  return readAnswer(answer, call.answer);
}

function signatureHeaders(
  http: HttpPort,
  connection: Connection,
  call: { readonly method: string; readonly path: string },
  body: string,
): Record<string, string> {
  const timestamp = String(http.nowMs());
  const nonce = http.newNonce();
  const text = signedText({
    method: call.method,
    pathAndQuery: call.path,
    timestamp,
    nonce,
    bodySha256: http.sha256Hex(body),
  });
  const token = http.identityToken();
  return {
    ...(token === '' ? {} : { [IDENTITY_HEADER]: `Bearer ${token}` }),
    [SIGNATURE_HEADERS.keyId]: connection.keyId,
    [SIGNATURE_HEADERS.timestamp]: timestamp,
    [SIGNATURE_HEADERS.nonce]: nonce,
    [SIGNATURE_HEADERS.signature]: http.hmacSha256Hex(text, connection.secret),
  };
}

function readAnswer<Schema extends z.ZodMiniType>(
  answer: HttpAnswer,
  schema: Schema,
): CallResult<z.output<Schema>> {
  const json = /^application\/json\b/i.test(answer.contentType) ? parseJson(answer.text) : undefined;
  if (answer.status >= 200 && answer.status < 300) {
    const parsed = json === undefined ? null : z.safeParse(schema, json);
    if (parsed?.success) return { ok: true, value: parsed.data };
    return refusal(
      json === undefined
        ? 'Something else than Stocksheet answered at the server address. Check the address in the sidebar.'
        : 'The server and this add-on do not understand each other: they are of different versions. Update the add-on.',
      { maybeDone: true },
    );
  }
  const problem = json === undefined ? null : z.safeParse(errorAnswer, json);
  const sentence = problem?.success ? problem.data.error.message : sentenceOfStatus(answer.status);
  const wait = problem?.success ? problem.data.error.retryAfterMs : undefined;
  return refusal(
    wait === undefined || /\bagain in\b/i.test(sentence)
      ? sentence
      : `${sentence} Try again in ${waitInWords(wait)}.`,
    { maybeDone: answer.status >= 500, needsPerson: [401, 403, 413].includes(answer.status) },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sentenceOfStatus(status: number): string {
  if (status === 401 || status === 403) {
    return 'The server did not accept the key of this sheet. Connect it again in the sidebar.';
  }
  if (status === 404) {
    return 'There is no Stocksheet at the server address. Check the address in the sidebar.';
  }
  if (status === 413) return 'That was too much at once for the server. Tick fewer rows and submit again.';
  if (status === 429) return 'The server is getting too many requests. Wait a minute and submit again.';
  return `The server has trouble right now (${status}). Nothing is lost: submit the same rows again in a minute.`;
}

function unreachable(address: string, error: unknown): Failure {
  const cause = error instanceof Error ? error.message : String(error);
  const refused = refusedByGoogle(address, cause);
  if (refused !== null) return refused;
  if (/time(d)?\s?-?out/i.test(cause)) {
    return refusal('The server took too long to answer. Submit the same rows again: nothing is done twice.', {
      maybeDone: true,
    });
  }
  return refusal(
    `The server at ${address} could not be reached. Submit the same rows again when it is back: ` +
      'nothing is done twice.',
    { maybeDone: true },
  );
}

/** Google did not even try, so the server need not be looked at; its words are those of real refusals. */
function refusedByGoogle(address: string, cause: string): Failure | null {
  if (/permissions? (are not sufficient )?to call/i.test(cause)) {
    return refusal(
      'You have not allowed Stocksheet everything that it needs, so Google did not call the server. ' +
        'Reload the sheet, open the sidebar, allow everything that Google asks for, then try again.',
      { needsPerson: true },
    );
  }
  if (/not been whitelisted|whitelisted for use/i.test(cause)) {
    return refusal(
      `This add-on was not built for ${address}, so Google did not call it. ` +
        `Build it anew with "npm run build -- ${address}" and push it.`,
      { needsPerson: true },
    );
  }
  if (/invoked too many times in a short time/i.test(cause)) {
    return refusal(
      'Google got too many calls at once from you and did not call the server. Try again in a minute.',
    );
  }
  if (/invoked too many times/i.test(cause)) {
    return refusal(
      'Your calls are used up for today: Google lets the scripts of one person make only so many a day. ' +
        'It allows new ones within 24 hours; nothing was done.',
    );
  }
  return null;
}

const refusal = (
  message: string,
  how: Partial<Pick<Failure, 'maybeDone' | 'needsPerson'>> = {},
): Failure => ({
  ok: false,
  message,
  maybeDone: how.maybeDone ?? false,
  needsPerson: how.needsPerson ?? false,
});
