// How the simulated Etsy says no.

import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';

export class Refusal extends Error {
  readonly answer: SimulationAnswer;

  constructor(answer: SimulationAnswer) {
    super('refused');
    this.answer = answer;
  }
}

export const refuse = (status: number, error: string): Refusal => new Refusal({ status, body: { error } });

export const isTokenRequest = ({ url }: SimulationRequest): boolean =>
  url.pathname === '/v3/public/oauth/token';

export const revoked = (request: SimulationRequest): SimulationAnswer =>
  isTokenRequest(request)
    ? { status: 400, body: { error: 'invalid_grant', error_description: 'refresh token has been revoked' } }
    : { status: 401, body: { error: 'invalid_token', error_description: 'access token is revoked' } };

const perSecond = (retryAfter: string): SimulationAnswer => ({
  status: 429,
  headers: { 'x-limit-per-second': '10', 'x-remaining-this-second': '0', 'retry-after': retryAfter },
  body: { error: 'Exceeded per second rate limit' },
});

export const DAY_IS_SPENT: SimulationAnswer = {
  status: 429,
  headers: {
    'x-limit-per-second': '10',
    'x-remaining-this-second': '9',
    'x-limit-per-day': '10000',
    'x-remaining-today': '0',
    'retry-after': '86400',
  },
  body: { error: 'Exceeded daily rate limit' },
};

export const SECOND_IS_SPENT = perSecond('1');

const THROTTLED = [perSecond('0'), perSecond('soon'), DAY_IS_SPENT, perSecond('-1'), perSecond('31536000')];

export const throttled = (turn: number): SimulationAnswer =>
  THROTTLED[turn % THROTTLED.length] ?? DAY_IS_SPENT;
