// A refund that does not say what came back: a person says it.

import { useEffect, useState } from 'preact/hooks';
import type { OpenRefundsAnswer, SettleRefundRequest } from '../../shared/api/refunds.ts';
import type { HomeState, Reply } from '../sidebar-api.ts';
import { Doing, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';
import { plural, when } from './words.ts';

/** Many refunds look alike, so the first screen shows one card for all of them, which leads here. */
export function Refunds(props: { readonly problems: HomeState['problems']; readonly go: Go }) {
  const refunds = props.problems.filter(({ kind }) => kind === 'refund');
  return (
    <Screen title={refundsInWords(refunds.length)} onBack={() => props.go(HOME)}>
      {refunds.map(({ id, message, at }) => (
        <div class="card warn" key={id}>
          <p>{message}</p>
          <div class="dim num">{when(at, Date.now())}</div>
          <div class="actions">
            <button type="button" onClick={() => props.go({ screen: 'refund', problemId: id })}>
              What came back?
            </button>
          </div>
        </div>
      ))}
    </Screen>
  );
}

export const refundsInWords = (count: number): string =>
  plural(count, 'refund: what came back?', 'refunds: what came back?');

type Refund = OpenRefundsAnswer['refunds'][number];
type RefundLine = Refund['lines'][number];

export function RefundScreen(props: {
  readonly problemId: number;
  readonly canWork: boolean;
  readonly go: Go;
}) {
  const [reply, setReply] = useState<Reply<OpenRefundsAnswer> | null>(null);
  useEffect(() => void ask<OpenRefundsAnswer>('get', '/api/refunds').then(setReply), []);
  const refund = reply?.ok
    ? reply.value.refunds.find(({ problemId }) => problemId === props.problemId)
    : undefined;
  const sentence =
    reply === null ? 'Loading…' : reply.ok ? 'This refund has been settled already.' : reply.message;
  return refund === undefined ? (
    <Screen title="What came back?" onBack={() => props.go(HOME)}>
      <p role="status">{sentence}</p>
    </Screen>
  ) : (
    <Form refund={refund} canWork={props.canWork} go={props.go} />
  );
}

function Form({ refund, canWork, go }: { refund: Refund; canWork: boolean; go: Go }) {
  const [counted, setCounted] = useState(() => namedUnits(refund));
  const settle = (lines: SettleRefundRequest['lines']) => {
    const { storeId, orderId, refundId } = refund;
    return ask('post', '/api/refunds', { storeId, orderId, refundId, lines });
  };
  const lines = refund.lines.flatMap(({ lineId }) => {
    const quantity = counted[lineId] ?? 0;
    return quantity === 0 ? [] : [{ lineId, quantity }];
  });
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <Screen
      title="What came back?"
      under={`${refund.store} ${refund.order} · ${refund.amount} refunded ${when(refund.at, Date.now())}`}
      onBack={() => go(HOME)}
    >
      <p>
        {refund.lines.some(({ refunded }) => refunded !== null)
          ? 'The shop did not say whether these came back. Count only what can be sold again.'
          : 'The shop did not say which units came back. Count only what can be sold again.'}
      </p>
      {refund.lines.map((line) => (
        <Stepper
          key={line.lineId}
          line={line}
          value={counted[line.lineId] ?? 0}
          change={(value) => setCounted({ ...counted, [line.lineId]: value })}
        />
      ))}
      <Doing
        primary
        label={units === 0 ? 'Count in' : `Count in ${units}`}
        disabled={!canWork || units === 0}
        work={() => settle(lines)}
        done={(message) => go(HOME, message)}
      />
      <div class="center">
        <Doing
          label="Nothing came back"
          disabled={!canWork}
          work={() => settle([])}
          done={(message) => go(HOME, message)}
        />
      </div>
    </Screen>
  );
}

const mostOf = ({ fulfilled, returned }: RefundLine): number => Math.max(0, fulfilled - returned);

/** What the shop says was refunded is there to be counted in with one click. */
const namedUnits = ({ lines }: Refund): Readonly<Record<string, number>> =>
  Object.fromEntries(lines.map((line) => [line.lineId, Math.min(line.refunded ?? 0, mostOf(line))]));

function Stepper(props: {
  readonly line: RefundLine;
  readonly value: number;
  readonly change: (value: number) => void;
}) {
  const { line, value, change } = props;
  const most = mostOf(line);
  const name = line.sku ?? line.title;
  return (
    <div class="card row">
      <div class="grow">
        <b>{name}</b>
        <div class="dim">
          {line.sku === null ? '' : `${line.title} · `}
          {most === 0 ? 'none left to come back' : `up to ${most}`}
        </div>
      </div>
      <button
        type="button"
        aria-label={`One less of ${name}`}
        disabled={value === 0}
        onClick={() => change(value - 1)}
      >
        −
      </button>
      <output class="num" aria-label={`${name} came back`}>
        {value}
      </output>
      <button
        type="button"
        aria-label={`One more of ${name}`}
        disabled={value >= most}
        onClick={() => change(value + 1)}
      >
        +
      </button>
    </div>
  );
}
