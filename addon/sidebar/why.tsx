// Why is this number? From the opening to what each store shows, as the server sums it up, now or at the end of a past day.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { inAddress } from '../../shared/api/address.ts';
import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { Reply } from '../sidebar-api.ts';
import { Numbers, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';
import { Chart } from './why-chart.tsx';
import {
  asOfWords,
  asText,
  type Line,
  latestMoves,
  listingInWords,
  partLines,
  type Sum,
  sumsOf,
} from './why-lines.ts';
import { moment, plural } from './words.ts';

export function Why({ sku, go }: { readonly sku: string; readonly go: Go }) {
  const [reply, setReply] = useState<Reply<ExplainAnswer> | null>(null);
  /** Null: now. Empty: a day is being chosen. */
  const [asOf, setAsOf] = useState<string | null>(null);
  const [copied, setCopied] = useState('');
  const at = asOf ?? '';
  useEffect(() => {
    let gone = false;
    const moment = at === '' ? '' : `&at=${at}`;
    setCopied('');
    void ask<ExplainAnswer>('get', `/api/explain?sku=${inAddress(sku)}${moment}`).then(
      (answered) => gone || setReply(answered),
    );
    return () => {
      gone = true;
    };
  }, [sku, at]);
  const answer = reply?.ok ? reply.value : null;
  const copy = async (text: string) =>
    setCopied((await toClipboard(text)) ? 'Copied.' : 'This browser does not allow copying here.');
  return (
    <Screen
      title="Why is this number?"
      health=""
      under={answer === null || answer.title === '' ? sku : `${sku} · ${answer.title}`}
      onBack={() => go(HOME)}
      foot="Every number here is the sum of rows in the Ledger tab."
    >
      {reply === null && <p role="status">Loading…</p>}
      {reply?.ok === false && (
        <p class="notice bad" role="alert">
          {reply.message}
        </p>
      )}
      {answer !== null && <Explanation answer={answer} />}
      {asOf !== null && (
        <>
          <label for="as-of">As of the end of the day</label>
          <input
            id="as-of"
            type="date"
            value={asOf}
            onInput={(event) => setAsOf(event.currentTarget.value)}
          />
        </>
      )}
      <div class="actions">
        <button type="button" onClick={() => setAsOf(asOf === null ? '' : null)}>
          {asOf === null ? 'As of a date…' : 'As of now'}
        </button>
        {answer !== null && (
          <button type="button" onClick={() => void copy(asText(answer))}>
            Copy as text
          </button>
        )}
      </div>
      <p role="status" class="dim">
        {copied}
      </p>
    </Screen>
  );
}

function Explanation({ answer }: { readonly answer: ExplainAnswer }) {
  const latest = latestMoves(answer);
  const isBundle = answer.parts.length > 0;
  return (
    <>
      <Numbers
        numbers={[
          ...(isBundle ? [] : [['in stock', answer.inStock ?? 'not set'] as const]),
          ['booked', answer.booked],
          ['available', answer.available ?? 'not set', (answer.available ?? 0) < 0 ? 'bad' : 'ok'],
        ]}
      />
      <Chart answer={answer} />
      {isBundle && (
        <>
          <h2>Made of</h2>
          <Table lines={partLines(answer)} />
        </>
      )}
      {sumsOf(answer).map((one) => (
        <SumTable key={one.title} sum={one} when={asOfWords(answer)} />
      ))}
      {answer.partOf.length > 0 && (
        <p class="dim">{`Part of ${answer.partOf.map(({ sku, units }) => `${sku} (${units} in each)`).join(', ')}.`}</p>
      )}
      {latest.lines.length > 0 && (
        <details>
          <summary>Latest changes</summary>
          <Table lines={latest.lines} />
          {latest.more > 0 && (
            <p class="dim">{`And ${plural(latest.more, 'older one')} in the Ledger tab.`}</p>
          )}
        </details>
      )}
      <Shown answer={answer} />
    </>
  );
}

function SumTable({ sum, when }: { readonly sum: Sum; readonly when: string }) {
  return (
    <>
      <h2>{sum.title + when}</h2>
      <Table lines={sum.lines}>
        <tr class="sum">
          <th scope="row">{sum.title}</th>
          <td>{sum.total}</td>
        </tr>
      </Table>
    </>
  );
}

function Table(props: { readonly lines: readonly Line[]; readonly children?: ComponentChildren }) {
  return (
    <table class="num">
      <tbody>
        {props.lines.map(({ label, detail, number }, index) => (
          <tr key={index}>
            <td>
              {label}
              {detail !== '' && <div class="dim">{detail}</div>}
            </td>
            <td>{number}</td>
          </tr>
        ))}
        {props.children}
      </tbody>
    </table>
  );
}

function Shown({ answer }: { readonly answer: ExplainAnswer }) {
  if (answer.listings.length === 0) return null;
  return (
    <>
      <h2>What each store shows</h2>
      <table class="num">
        <tbody>
          {answer.listings.map((one) => (
            <tr key={`${one.store} ${one.remoteId} ${one.location}`}>
              <td>
                {one.store}
                <div class="dim">
                  {one.problem ??
                    [one.title, one.location, one.rule].filter((part) => part !== null).join(' · ')}
                </div>
              </td>
              <td class={one.problem !== null ? 'bad' : one.owed ? 'warnText' : 'ok'}>
                {listingInWords(one)}
                {one.lastToldAt !== null && <div class="dim">{moment(one.lastToldAt, Date.now())}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Google's frame may forbid the newer way, so the older one stands behind it. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
