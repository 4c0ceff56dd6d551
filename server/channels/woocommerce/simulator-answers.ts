// The simulated shop's answers that are no data: WordPress errors, in its own words.

import type { SimulationAnswer } from '../simulation-server.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };

export const answer = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): SimulationAnswer => ({ status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });

export const problem = (status: number, code: string, message: string, data: object = {}): SimulationAnswer =>
  answer(status, { code, message, data: { status, ...data } });

/** A problem that ends the request from wherever it was found. */
export class Refusal extends Error {
  readonly answer: SimulationAnswer;

  constructor(answer: SimulationAnswer) {
    super('refused');
    this.answer = answer;
  }
}

export const refuse = (status: number, code: string, message: string, data?: object): Refusal =>
  new Refusal(problem(status, code, message, data));

export const noRoute = (): Refusal =>
  refuse(404, 'rest_no_route', 'No route was found matching the URL and request method.');

export const invalidParameter = (name: string, why: string): Refusal =>
  refuse(400, 'rest_invalid_param', `Invalid parameter(s): ${name}`, { params: { [name]: why } });
