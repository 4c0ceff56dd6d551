// The page of a simulated shop where a person allows an app in, and the codes it hands out: each good once, for a short
// while, for the address it was sent to and for whoever holds the PKCE verifier.

import { createHash, randomBytes } from 'node:crypto';
import type { SimulationAnswer } from './simulation-server.ts';

/** Added to the shop's page by whoever plays a person that says no; without it the person says yes. */
export const PERSON_SAYS_NO = { name: 'answer', value: 'no' } as const;

export type ConsentQuestion = {
  /** What the browser was sent with. */
  readonly query: URLSearchParams;
  /** The address the app named; null: the only one it has registered. */
  readonly redirectUri: string | null;
  /** PKCE, S256; null where the shop knows no PKCE. */
  readonly codeChallenge: string | null;
  /** How this shop calls what it sends along, besides `state`. */
  readonly granted: (code: string) => Readonly<Record<string, string>>;
  readonly denied: Readonly<Record<string, string>>;
};

export type Redemption = {
  readonly code: string;
  /** Null where the shop does not ask for it. */
  readonly redirectUri: string | null;
  readonly codeVerifier: string | null;
};

export type ConsentDesk = {
  readonly ask: (question: ConsentQuestion) => SimulationAnswer;
  /** Uses the code up, whatever comes of it. */
  readonly redeem: (redemption: Redemption) => boolean;
};

type Code = {
  readonly redirectUri: string;
  readonly codeChallenge: string | null;
  readonly endsAtMs: number;
};

/** `redirectUris`: the addresses registered with the app, compared letter by letter; without them any of this machine's. */
export function createConsentDesk(options: {
  readonly now: () => Date;
  readonly codeLifeMs: number;
  readonly redirectUris?: readonly string[];
}): ConsentDesk {
  const codes = new Map<string, Code>();
  const isRegistered = (address: string): boolean =>
    options.redirectUris?.includes(address) ??
    /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(address);
  return {
    ask: ({ query, redirectUri, codeChallenge, granted, denied }) => {
      const address = redirectUri ?? options.redirectUris?.[0] ?? '';
      const state = query.get('state') ?? '';
      // Nobody is sent to an address that is not the app's, and nobody comes back without proof of where they came from.
      if (!isRegistered(address)) return errorPage('The redirect address is not one of this app’s.');
      if (state === '') return errorPage('The state is missing.');
      if (query.get(PERSON_SAYS_NO.name) === PERSON_SAYS_NO.value)
        return backTo(address, { ...denied, state });
      const code = randomBytes(24).toString('base64url');
      const endsAtMs = options.now().getTime() + options.codeLifeMs;
      codes.set(code, { redirectUri: address, codeChallenge, endsAtMs });
      return backTo(address, { ...granted(code), state });
    },
    redeem: ({ code, redirectUri, codeVerifier }) => {
      const known = codes.get(code);
      codes.delete(code);
      if (known === undefined || known.endsAtMs <= options.now().getTime()) return false;
      if (redirectUri !== null && redirectUri !== known.redirectUri) return false;
      return known.codeChallenge === null || known.codeChallenge === challengeOf(codeVerifier ?? '');
    },
  };
}

export const challengeOf = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier).digest('base64url');

export const errorPage = (text: string): SimulationAnswer => ({
  status: 400,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html><html><body><h1>This did not work</h1><p>${text}</p></body></html>`,
});

function backTo(redirectUri: string, parameters: Readonly<Record<string, string>>): SimulationAnswer {
  const address = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return { status: 302, headers: { location: address.href }, body: '' };
}
