// The only signature verifier of the product: HMAC, constant time, and no secret never means "let it pass".

import { createHmac, timingSafeEqual } from 'node:crypto';

export type HmacCheck = {
  readonly algorithm: 'sha256' | 'sha1' | 'sha512';
  readonly encoding: 'base64' | 'hex';
  /** Any of them may have signed: while a secret is being changed, the old and the new one are both valid. */
  readonly secrets: readonly (string | Buffer)[];
  readonly signedBytes: Buffer | string;
  readonly signature: string | undefined;
};

export function verifyHmac(check: HmacCheck): boolean {
  const { signature } = check;
  if (signature === undefined || signature === '') return false;
  let isValid = false;
  for (const secret of check.secrets) {
    if (secret.length === 0) continue;
    const digest = createHmac(check.algorithm, secret).update(check.signedBytes).digest(check.encoding);
    // Compared as text: decoding first would take several spellings for one. Hex is the same in both cases.
    const given = Buffer.from(check.encoding === 'hex' ? signature.toLowerCase() : signature, 'utf8');
    const expected = Buffer.from(digest, 'utf8');
    // No early exit: how many secrets there are, and which one fits, does not show in the time it takes.
    if (given.length === expected.length && timingSafeEqual(given, expected)) isValid = true;
  }
  return isValid;
}
