// Why is this number? From the opening to what each store shows, as lists that add up.

import { useEffect, useState } from 'preact/hooks';
import type { ExplainAnswer } from '../../shared/api/explain.ts';
import type { Reply } from '../sidebar-api.ts';
import { Numbers, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';
import { asText, history, listingInWords, type SumLine, sumUp } from './why-sums.ts';
import { clockWithSeconds, day, signed } from './words.ts';

const DAYS = 90;

export function Why({ sku, go }: { readonly sku: string; readonly go: Go }) {
  const [reply, setReply] = useState<Reply<ExplainAnswer> | null>(null);
  const [asOf, setAsOf] = useState<string | null>(null);
  const [copied, setCopied] = useState('');
  useEffect(() => {
    void ask<ExplainAnswer>('get', `/api/explain?sku=${encodeURIComponent(sku)}`).then(setReply);
  }, [sku]);
  const back = () => go(HOME);
  if (reply?.ok !== true) {
    return (
      <Screen title="Why is this number?" under={sku} onBack={back}>
        {reply === null ? (
          <p role="status">Loading…</p>
        ) : (
          <p class="notice bad" role="alert">
            {reply.message}
          </p>
        )}
      </Screen>
    );
  }
  const answer = reply.value;
  const until = asOf === null || asOf === '' ? null : new Date(`${asOf}T23:59:59`);
  const why = sumUp(answer, until);
  const copy = async () => {
    const text = asText(answer, why, until);
    setCopied((await toClipboard(text)) ? 'Copied.' : 'This browser does not allow copying here.');
  };
  return (
    <Screen
      title="Why is this number?"
      health=""
      under={answer.title === '' ? sku : `${sku} · ${answer.title}`}
      onBack={back}
      foot="Every number here is the sum of rows in the Ledger tab."
    >
      <Numbers
        numbers={[
          ['in stock', why.inStock ?? 'not set'],
          ['booked', why.booked],
          ['available', why.available ?? 'not set', (why.available ?? 0) < 0 ? 'bad' : 'ok'],
        ]}
      />
      <Chart answer={answer} />
      <h2>In stock{until === null ? '' : ` on ${day(until.toISOString())}`}</h2>
      <table class="num">
        <tbody>
          {why.lines.map((line) => (
            <Line key={`${line.label} ${line.detail} ${line.change}`} line={line} />
          ))}
          <tr class="sum">
            <th scope="row">In stock</th>
            <td>{why.inStock ?? 'not set'}</td>
          </tr>
        </tbody>
      </table>
      <h2>Booked</h2>
      <table class="num">
        <tbody>
          {why.bookings.map(({ label, booked }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{booked}</td>
            </tr>
          ))}
          <tr class="sum">
            <th scope="row">Booked</th>
            <td>{why.booked}</td>
          </tr>
        </tbody>
      </table>
      {until === null && <Shown answer={answer} />}
      {asOf !== null && (
        <>
          <label for="as-of">As of the end of</label>
          <input
            id="as-of"
            type="date"
            value={asOf}
            onInput={(event) => setAsOf(event.currentTarget.value)}
          />
        </>
      )}
      <div class="actions">
        <button
          type="button"
          onClick={() => setAsOf(asOf === null ? new Date().toISOString().slice(0, 10) : null)}
        >
          {asOf === null ? 'As of a date…' : 'As of now'}
        </button>
        <button type="button" onClick={() => void copy()}>
          Copy as text
        </button>
      </div>
      <p role="status" class="dim">
        {copied}
      </p>
    </Screen>
  );
}

function Line({ line }: { readonly line: SumLine }) {
  return (
    <tr>
      <td>
        {line.parts.length === 0 ? (
          line.label
        ) : (
          <details>
            <summary>{line.label}</summary>
            {line.parts.map((part, index) => (
              <div class="dim row" key={index}>
                <span class="grow">{part.label}</span>
                <span>{signed(part.change)}</span>
              </div>
            ))}
          </details>
        )}
        {line.detail !== '' && <div class="dim">{line.detail}</div>}
      </td>
      <td>{signed(line.change)}</td>
    </tr>
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
            <tr key={`${one.store} ${one.remoteId}`}>
              <td>
                {one.store}
                <div class="dim">{one.problem ?? one.title}</div>
              </td>
              <td class={one.problem !== null ? 'bad' : one.owed ? 'warnText' : 'ok'}>
                {listingInWords(one)}
                {one.lastToldAt !== null && (
                  <div class="dim">{`${day(one.lastToldAt)} ${clockWithSeconds(new Date(one.lastToldAt))}`}</div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const [WIDTH, HEIGHT, FLOOR] = [272, 62, 48];

function Chart({ answer }: { readonly answer: ExplainAnswer }) {
  const points = history(answer, DAYS, Date.now());
  const [first, last] = [points[0], points[points.length - 1]];
  if (first === undefined || last === undefined) return null;
  const units = points.map(([, y]) => y);
  const [low, high] = [Math.min(0, ...units), Math.max(1, ...units)];
  const span = Math.max(1, last[0] - first[0]);
  const place = ([x, y]: readonly [number, number]) =>
    `${(((x - first[0]) / span) * WIDTH).toFixed(1)},${(FLOOR - ((y - low) / (high - low)) * (FLOOR - 4)).toFixed(1)}`;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      role="img"
      aria-label={`In stock over ${DAYS} days: from ${first[1]} to ${last[1]}, at least ${low}, at most ${high}`}
      style={{ margin: '8px 0' }}
    >
      <line x1="0" y1={FLOOR} x2={WIDTH} y2={FLOOR} stroke="#e3e6ea" />
      <polyline fill="none" stroke="#0b57d0" stroke-width="1.6" points={points.map(place).join(' ')} />
      <text x="0" y={HEIGHT - 3}>
        {day(new Date(first[0]).toISOString())}
      </text>
      <text x={WIDTH} y={HEIGHT - 3} text-anchor="end">
        today
      </text>
    </svg>
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
