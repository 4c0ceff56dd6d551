// Answers of the local Sheets API when it refuses, shaped as Google shapes them.

import type { Response } from 'express';

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** What some refusals carry besides their words. */
type More = { readonly reason?: string; readonly retryAfterSeconds?: number };

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly more: More;
  constructor(status: number, message: string, more: More = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

export function sendApiError(response: Response, status: number, message: string, more: More = {}): void {
  const word = STATUS_WORDS[status] ?? 'UNKNOWN';
  const { reason, retryAfterSeconds } = more;
  if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds));
  const details =
    reason === undefined
      ? {}
      : { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }] };
  response.status(status).json({ error: { code: status, message, status: word, ...details } });
}

export const unauthenticated = (): ApiError =>
  new ApiError(
    401,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  );

export const quotaExceeded = (kind: 'Read' | 'Write', retryAfterSeconds?: number): ApiError =>
  new ApiError(
    429,
    `Quota exceeded for quota metric '${kind} requests' and limit '${kind} requests per minute per user' of service 'sheets.googleapis.com' for consumer 'project_number:0'.`,
    { reason: 'RATE_LIMIT_EXCEEDED', ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
  );

export const unavailable = (): ApiError => new ApiError(503, 'The service is currently unavailable.');
export const internal = (): ApiError => new ApiError(500, 'Internal error encountered.');
export const notFound = (): ApiError => new ApiError(404, 'Requested entity was not found.');
export const noPermission = (): ApiError => new ApiError(403, 'The caller does not have permission');

export const serviceDisabled = (): ApiError =>
  new ApiError(
    403,
    'Google Sheets API has not been used in project 1234567890 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=1234567890 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.',
    { reason: 'SERVICE_DISABLED' },
  );

export const scopeMissing = (): ApiError =>
  new ApiError(403, 'Request had insufficient authentication scopes.', {
    reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
  });
