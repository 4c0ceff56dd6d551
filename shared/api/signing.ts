// How a request from the sheet is signed: the header names and the exact text that the HMAC covers.

export const SIGNATURE_HEADERS = {
  keyId: 'x-key-id',
  timestamp: 'x-timestamp',
  nonce: 'x-nonce',
  signature: 'x-signature',
} as const;

/** Carries `Bearer <token>`: Google's signed word on who is at the keyboard. Not part of the signature; it has its own. */
export const IDENTITY_HEADER = 'authorization';

/** How far a request's timestamp may be from the server's clock. */
export const SIGNATURE_WINDOW_MS = 5 * 60_000;

/**
 * The text to sign with HMAC-SHA256 (hex). `pathAndQuery` is exactly what is requested, `timestamp` is milliseconds since
 * 1970 in digits, `bodySha256` is the hex digest of the raw body (of the empty string for GET).
 */
export function signedText(request: {
  readonly method: string;
  readonly pathAndQuery: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly bodySha256: string;
}): string {
  return [
    request.method.toUpperCase(),
    request.pathAndQuery,
    request.timestamp,
    request.nonce,
    request.bodySha256,
  ].join('\n');
}
