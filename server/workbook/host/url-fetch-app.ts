// UrlFetchApp: blocking requests with Google's limits and wording. The main thread decides where they may go.

import type { FetchAnswer } from './calls.ts';
import { requireAuthorization, type ServiceWorld } from './service-world.ts';

const URL_LENGTH_MAX = 2_082;
const BODY_BYTES_MAX = 50 * 1024 * 1024;

type Options = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly payload?: string;
  readonly muteHttpExceptions?: boolean;
  readonly followRedirects?: boolean;
};

export function createUrlFetchApp(world: ServiceWorld) {
  return Object.freeze({
    fetch: (url: string, options: Options = {}) => {
      requireAuthorization(world, 'UrlFetchApp.fetch', 'FULL', 'script.external_request');
      if (typeof url !== 'string' || url === '') throw world.toError('Attribute provided with no value: url');
      if (url.length > URL_LENGTH_MAX) throw world.toError('Limit Exceeded: URLFetch URL Length.');
      const body = options.payload ?? null;
      if (body !== null && Buffer.byteLength(body) > BODY_BYTES_MAX) {
        throw world.toError('Limit Exceeded: URLFetch POST Size.');
      }
      const answer = world.call('fetch', {
        url,
        method: (options.method ?? 'get').toUpperCase(),
        headers: {
          ...options.headers,
          ...(body === null
            ? {}
            : { 'content-type': options.contentType ?? 'application/x-www-form-urlencoded' }),
        },
        body,
        followRedirects: options.followRedirects ?? true,
      });
      if (answer.status >= 400 && options.muteHttpExceptions !== true) {
        throw world.toError(
          `Request failed for ${new URL(url).origin} returned code ${answer.status}. Truncated server response: ` +
            `${answer.body.slice(0, 100)} (use muteHttpExceptions option to examine full response)`,
        );
      }
      return response(answer);
    },
  });
}

function response(answer: FetchAnswer) {
  return {
    getResponseCode: () => answer.status,
    getContentText: () => answer.body,
    // Google gives names as the server wrote them; fetch has made them small, so they are written the usual way again.
    getHeaders: () =>
      Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          name.replace(/(^|-)([a-z])/g, (letters) => letters.toUpperCase()),
          value,
        ]),
      ),
  };
}
