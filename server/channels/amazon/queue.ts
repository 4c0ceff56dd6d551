// The seller's own message queue (Amazon SQS), where Amazon leaves its notifications: taking messages and removing them,
// signed with a key that may do nothing else.

import { AwsV4Signer } from 'aws4fetch';
import { z } from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import { inChunks } from '../../net/in-turns.ts';
import { parseJsonOf } from '../../net/parse-json.ts';
import type { ChannelSession } from '../channel.ts';
import type { Credentials } from '../manifest.ts';

/** Most messages of one call. */
const MESSAGES_MAX = 10;
/** Nobody else is shown a message for this long; one that was not removed by then comes again. */
const HIDDEN_SECONDS = 120;

export type QueueAccess = {
  readonly kind: 'queue';
  readonly url: string;
  readonly arn: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};
/** `none`: the seller has no queue, and orders are found by asking. */
export type QueueSetting =
  | QueueAccess
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly problem: string };

const QUEUE_ADDRESS = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com\/(\d{12})\/([\w-]{1,80})$/;
const REHEARSAL_ADDRESS = /^http:\/\/127\.0\.0\.1:\d+\/(\d{12})\/([\w-]{1,80})$/;
const REHEARSAL_REGION = 'us-east-1';

export function readQueue(credentials: Credentials): QueueSetting {
  const [url, accessKeyId, secretAccessKey] = ['queueUrl', 'queueKeyId', 'queueSecretKey'].map((key) =>
    (credentials[key] ?? '').trim(),
  ) as [string, string, string];
  if (url === '') return { kind: 'none' };
  const real = QUEUE_ADDRESS.exec(url);
  const played = (credentials['apiBase'] ?? '') === '' ? null : REHEARSAL_ADDRESS.exec(url);
  const [region, account, name] =
    real === null ? [REHEARSAL_REGION, played?.[1], played?.[2]] : [real[1], real[2], real[3]];
  if (region === undefined || account === undefined || name === undefined) {
    const example = 'https://sqs.us-east-1.amazonaws.com/123456789012/orders';
    return { kind: 'unusable', problem: `The queue's address must look like ${example}. Or leave it empty.` };
  }
  if (accessKeyId === '' || secretAccessKey === '') {
    const problem =
      'Fill in the key ID and the secret key for the queue, or leave the queue’s address empty.';
    return { kind: 'unusable', problem };
  }
  const arn = `arn:aws:sqs:${region}:${account}:${name}`;
  return { kind: 'queue', url, arn, region, accessKeyId, secretAccessKey };
}

const receiveAnswer = z.object({
  Messages: z
    .array(z.object({ MessageId: z.string(), ReceiptHandle: z.string(), Body: z.string() }))
    .nullish(),
});
export type QueueMessage = NonNullable<z.output<typeof receiveAnswer>['Messages']>[number];
const removeAnswer = z.object({});

/** `hidden: false` only looks: the messages can be taken again at once. */
export async function receive(
  session: ChannelSession,
  queue: QueueAccess,
  { hidden }: { readonly hidden: boolean },
): Promise<readonly QueueMessage[]> {
  const body = {
    QueueUrl: queue.url,
    MaxNumberOfMessages: MESSAGES_MAX,
    VisibilityTimeout: hidden ? HIDDEN_SECONDS : 0,
    WaitTimeSeconds: 0,
  };
  return (await ask(session, queue, 'ReceiveMessage', body, receiveAnswer)).Messages ?? [];
}

export async function remove(
  session: ChannelSession,
  queue: QueueAccess,
  messages: readonly QueueMessage[],
): Promise<void> {
  for (const chunk of inChunks(messages, MESSAGES_MAX)) {
    const Entries = chunk.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await ask(session, queue, 'DeleteMessageBatch', { QueueUrl: queue.url, Entries }, removeAnswer);
  }
}

async function ask<Shape extends z.ZodType>(
  session: ChannelSession,
  queue: QueueAccess,
  action: string,
  content: object,
  shape: Shape,
): Promise<z.output<Shape>> {
  const body = JSON.stringify(content);
  const signed = await new AwsV4Signer({
    method: 'POST',
    url: new URL('/', queue.url).href,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
    body,
    service: 'sqs',
    region: queue.region,
    accessKeyId: queue.accessKeyId,
    secretAccessKey: queue.secretAccessKey,
    datetime: session
      .now()
      .toISOString()
      .replace(/[-:]|\.\d{3}/g, ''),
  }).sign();
  const response = await session.http.send({
    method: 'POST',
    url: signed.url.href,
    headers: Object.fromEntries(signed.headers),
    body,
    // A message taken twice only comes twice; one removed twice is gone once.
    repeatable: true,
  });
  const answer = response.status === 200 ? shape.safeParse(parseJsonOf(response)) : null;
  if (answer?.success === true) return answer.data;
  if (response.status === 200)
    throw new ChannelError('transient', 'The queue gave an answer of another form.');
  throw new ChannelError(
    'rejected',
    'Amazon does not let us read the queue. Check its address, the key and what the key may do (receive and delete messages), ' +
      'or leave the queue’s address empty.',
  );
}
