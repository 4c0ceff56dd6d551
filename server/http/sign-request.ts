// Signs a request the way the sheet does, for every client that runs on Node.

import { createHash, createHmac } from 'node:crypto';
import { SIGNATURE_HEADERS, signedText } from '../../shared/api/signing.ts';

/** The headers to send along. `body` is exactly what is sent; the empty string when there is none. */
export function signRequest(request: {
  readonly keyId: string;
  readonly secret: string;
  readonly method: string;
  readonly pathAndQuery: string;
  readonly body: string | Buffer;
  readonly now: Date;
  readonly nonce: string;
}): Record<string, string> {
  const { keyId, secret, method, pathAndQuery, body, nonce } = request;
  const timestamp = String(request.now.getTime());
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  const text = signedText({ method, pathAndQuery, timestamp, nonce, bodySha256 });
  return {
    [SIGNATURE_HEADERS.keyId]: keyId,
    [SIGNATURE_HEADERS.timestamp]: timestamp,
    [SIGNATURE_HEADERS.nonce]: nonce,
    [SIGNATURE_HEADERS.signature]: createHmac('sha256', secret).update(text).digest('hex'),
  };
}
