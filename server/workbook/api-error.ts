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

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function sendApiError(response: Response, status: number, message: string): void {
  const word = STATUS_WORDS[status] ?? 'UNKNOWN';
  response.status(status).json({ error: { code: status, message, status: word } });
}

export const unauthenticated = (): ApiError =>
  new ApiError(
    401,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  );

export const quotaExceeded = (kind: 'Read' | 'Write'): ApiError =>
  new ApiError(
    429,
    `Quota exceeded for quota metric '${kind} requests' and limit '${kind} requests per minute per user' of service 'sheets.googleapis.com' for consumer 'project_number:0'.`,
  );

export const unavailable = (): ApiError => new ApiError(503, 'The service is currently unavailable.');
