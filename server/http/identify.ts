// Turns an identity token into a person, or into the sentence that says what to do.

import { type Identity, type IdentityRefusal, type IdentityVerifier, readClaims } from './identity.ts';
import { HttpProblem } from './problem.ts';

const SENTENCES: Readonly<Record<IdentityRefusal, string>> = {
  expired: "Google's word on who you are has expired. Reload the sheet, then try again.",
  'other-audience':
    'This sheet was copied, or its script was replaced, since it was connected. Connect it again with a new code.',
  'unverified-email':
    'Google has not verified the e-mail address of this account. Sign in with another account.',
  unreadable:
    'The server cannot tell who you are. Reload the sheet; if you use several Google accounts, sign in with one only.',
  unavailable:
    "Google's keys cannot be fetched right now, so the server cannot tell who you are. Try again in a minute.",
};

/** @throws HttpProblem with a code of its own for each reason. */
export async function identify(
  verifiers: readonly IdentityVerifier[],
  token: string,
  audience: string,
): Promise<Identity> {
  const issuer = readClaims(token)?.issuer ?? '';
  const verifier = verifiers.find(({ issuers }) => issuers.includes(issuer));
  if (verifier === undefined) throw refusal('unreadable');
  const reading = await verifier.verify(token, audience);
  if (!reading.ok) throw refusal(reading.reason);
  return reading.identity;
}

function refusal(reason: IdentityRefusal): HttpProblem {
  if (reason === 'unavailable') {
    return new HttpProblem(503, 'identity_unavailable', SENTENCES[reason], 60_000);
  }
  return new HttpProblem(401, `identity_${reason.replace('-', '_')}`, SENTENCES[reason]);
}
