// Every refusal over HTTP: a status, a code for programs, and one sentence for the person at the sheet.

import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { ErrorAnswer } from '../../shared/api/errors.ts';

export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export const requestIdOf = (response: Response): string => String(response.locals['requestId'] ?? '');

export const refuseUnknownAddress: RequestHandler = () => {
  throw new HttpProblem(
    404,
    'unknown_address',
    'There is nothing at this address. Update the add-on, or check the server address.',
  );
};

/** The last handler: turns whatever was thrown into the one error shape. */
export function answerProblems(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const requestId = requestIdOf(response);
    const problem = toProblem(error);
    if (problem.status >= 500) log.error({ err: error, requestId }, 'a request failed');
    const { code, message, retryAfterMs } = problem;
    const answer: ErrorAnswer = {
      error: { code, message, requestId, ...(retryAfterMs === null ? {} : { retryAfterMs }) },
    };
    if (retryAfterMs !== null) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000));
    response.status(problem.status).json(answer);
  };
}

function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const { type, status } = error as { type?: unknown; status?: unknown };
  switch (type) {
    case 'entity.too.large':
      return new HttpProblem(413, 'too_large', 'That was too much at once. Send less at a time.');
    case 'encoding.unsupported':
      return new HttpProblem(415, 'compressed', 'The request is compressed. Send it without compression.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new HttpProblem(400, 'cut_off', 'The request was cut off on its way. Send it again.');
    default:
  }
  if (status === 400) {
    return new HttpProblem(400, 'bad_address', 'The address of this request is not written correctly.');
  }
  return new HttpProblem(
    500,
    'unexpected',
    'Something went wrong in the server, and it was noted. Nothing was half done: try again in a minute.',
  );
}
