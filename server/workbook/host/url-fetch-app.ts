// UrlFetchApp: blocking requests with Google's limits and wording. The main thread decides where they may go.

import type { FetchAnswer, FetchRequest } from './calls.ts';
import { requireAuthorization, type ServiceWorld } from './service-world.ts';

const URL_LENGTH_MAX = 2_082;
const BODY_BYTES_MAX = 50 * 1024 * 1024;
const HEADERS_MAX = 100;
const HEADER_LENGTH_MAX = 8 * 1024;

type Options = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly payload?: string;
  readonly muteHttpExceptions?: boolean;
  readonly followRedirects?: boolean;
};

export function createUrlFetchApp(world: ServiceWorld) {
  const allow = (method: string) =>
    requireAuthorization(world, `UrlFetchApp.${method}`, 'FULL', 'script.external_request', {
      inCells: true,
    });
  return Object.freeze({
    fetch: (url: string, options: Options = {}) => {
      allow('fetch');
      const request = toRequest(world, url, options);
      return checked(world, request, world.call('fetch', request), options);
    },
    fetchAll: (all: readonly (string | (Options & { readonly url: string }))[]) => {
      allow('fetchAll');
      const asked = all.map((one) => (typeof one === 'string' ? { url: one } : one));
      const requests = asked.map((one) => toRequest(world, one.url, one));
      return world
        .call('fetchAll', requests)
        .map((answer, index) => checked(world, requests[index] as FetchRequest, answer, asked[index] ?? {}));
    },
  });
}

function toRequest(world: ServiceWorld, url: unknown, options: Options): FetchRequest {
  if (typeof url !== 'string' || url === '') throw world.toError('Attribute provided with no value: url');
  if (url.length > URL_LENGTH_MAX) throw world.toError('Limit Exceeded: URLFetch URL Length.');
  const body = options.payload ?? null;
  if (body !== null && Buffer.byteLength(body) > BODY_BYTES_MAX) {
    throw world.toError('Limit Exceeded: URLFetch POST Size.');
  }
  const headers = Object.entries(options.headers ?? {});
  if (headers.length > HEADERS_MAX) throw world.toError('Limit Exceeded: URLFetch Header Count.');
  if (headers.some(([name, value]) => name.length + String(value).length > HEADER_LENGTH_MAX)) {
    throw world.toError('Limit Exceeded: URLFetch Header Size.');
  }
  const type =
    body === null ? {} : { 'content-type': options.contentType ?? 'application/x-www-form-urlencoded' };
  return {
    url,
    method: (options.method ?? 'get').toUpperCase(),
    headers: { ...options.headers, ...type },
    body,
    followRedirects: options.followRedirects ?? true,
  };
}

function checked(world: ServiceWorld, { url }: FetchRequest, answer: FetchAnswer, options: Options) {
  if (answer.status >= 400 && options.muteHttpExceptions !== true) {
    throw world.toError(
      `Request failed for ${new URL(url).origin} returned code ${answer.status}. Truncated server response: ` +
        `${answer.body.slice(0, 100)} (use muteHttpExceptions option to examine full response)`,
    );
  }
  return response(answer);
}

function response(answer: FetchAnswer) {
  return {
    getResponseCode: () => answer.status,
    getContentText: () => answer.body,
    getAllHeaders: () => answer.headers,
    getBlob: () => ({ getDataAsString: () => answer.body }),
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
