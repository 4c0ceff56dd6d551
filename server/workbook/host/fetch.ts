// The network of a script: the one server it belongs to, and nothing else.

import type { FetchAnswer, FetchRequest } from './calls.ts';

const FETCH_LIMIT_MS = 60_000;

export async function fetchFromServer(serverAddress: string, request: FetchRequest): Promise<FetchAnswer> {
  const url = URL.parse(request.url);
  if (url === null) throw new Error(`Invalid argument: ${request.url}`);
  const { origin } = new URL(serverAddress);
  if (url.origin !== origin) {
    throw new Error(`Address unavailable: ${request.url}. This workbook only reaches ${origin}.`);
  }
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: request.followRedirects ? 'follow' : 'manual',
      signal: AbortSignal.timeout(FETCH_LIMIT_MS),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    throw new Error(timedOut ? `Timeout: ${request.url}` : `Address unavailable: ${request.url}`);
  }
}
