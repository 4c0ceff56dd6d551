// Asks eBay's token address for a token, whichever grant: the one request behind signing in, renewing and the application's own.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelHttp } from '../../net/channel-http.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { Keyset } from './credentials.ts';

export type Issued = { readonly token: string; readonly endsAt: Date };

export type TokenAnswer = {
  readonly issued: Issued;
  /** eBay gives one only for a code: a renewal leaves the old one valid. */
  readonly refresh: { readonly token: string; readonly endsAt: Date | null } | null;
};

export type Grant = {
  readonly form: Readonly<Record<string, string>>;
  /** A code is good once: asking again could only fail. */
  readonly repeatable: boolean;
  /** What to tell when eBay refuses for another reason than the keyset. */
  readonly refused: string;
};

export async function requestToken(
  http: ChannelHttp,
  { clientId, clientSecret, addresses }: Keyset,
  grant: Grant,
  now: Date,
): Promise<TokenAnswer> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
  const response = await http.send(
    {
      method: 'POST',
      url: `${addresses.api}/identity/v1/oauth2/token`,
      headers: {
        authorization: `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams(grant.form).toString(),
      repeatable: grant.repeatable,
      changesNothing: true,
    },
    (answer) =>
      parseJsonOf(answer) === undefined
        ? { kind: 'transient', message: 'eBay answered with a web page instead of a token.' }
        : { kind: 'fine' },
  );
  const json = parseJsonOf(response);
  if (response.status !== 200) throw refusedToken(json, grant.refused);
  const answer = answerShape.safeParse(json);
  if (!answer.success) throw new ChannelError('transient', 'eBay answered without a token.');
  const { access_token: token, expires_in, refresh_token, refresh_token_expires_in } = answer.data;
  const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
  return {
    issued: { token, endsAt: after(expires_in) },
    refresh: refresh_token
      ? {
          token: refresh_token,
          endsAt: refresh_token_expires_in ? after(refresh_token_expires_in) : null,
        }
      : null,
  };
}

const answerShape = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().nullish(),
  refresh_token_expires_in: z.number().positive().nullish(),
});
const problemShape = z.object({ error: z.string() });

function refusedToken(json: unknown, refused: string): ChannelError {
  const problem = problemShape.safeParse(json);
  const isKeyset = problem.success && problem.data.error === 'invalid_client';
  return new ChannelError('auth', isKeyset ? UNKNOWN_KEYSET : refused);
}

const UNKNOWN_KEYSET =
  'This App ID and Cert ID do not belong to a keyset that eBay knows. Check both on developer.ebay.com under Application Keysets.';
