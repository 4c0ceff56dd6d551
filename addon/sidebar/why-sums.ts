// From the moves of one SKU to lists that add up: what made the number in stock, what is booked, and the line of the last days.

import type { ExplainAnswer } from '../../shared/api/explain.ts';
import { day, plural, signed } from './words.ts';

export type SumLine = {
  readonly label: string;
  readonly detail: string;
  readonly change: number;
  /** What the line is made of, when it stands for several moves. */
  readonly parts: readonly { readonly label: string; readonly change: number }[];
};

export type Why = {
  readonly lines: readonly SumLine[];
  readonly inStock: number | null;
  readonly bookings: readonly { readonly label: string; readonly booked: number }[];
  readonly booked: number;
  /** Booked by what is not listed one by one, so that the list still adds up. */
  readonly available: number | null;
};

type Move = ExplainAnswer['moves'][number];

/** `asOf`: the last moment that counts; null for now. */
export function sumUp(answer: ExplainAnswer, asOf: Date | null): Why {
  const all = [...answer.moves].reverse();
  const moves = asOf === null ? all : all.filter(({ at }) => new Date(at) <= asOf);
  const changes = moves.reduce((sum, { inStockChange }) => sum + inStockChange, 0);
  const everything = all.reduce((sum, { inStockChange }) => sum + inStockChange, 0);
  const isSet =
    asOf === null ? answer.inStock !== null : moves.some(({ inStockAfter }) => inStockAfter !== null);
  // What happened before the moves that came along is the difference to the number that is true now.
  const earlier = answer.movesLeftOff > 0 && answer.inStock !== null ? answer.inStock - everything : 0;
  const inStock = isSet ? earlier + changes : null;
  const booked = asOf === null ? answer.booked : bookedThen(answer, all, asOf);
  const before: SumLine = {
    label: 'Before',
    detail: plural(answer.movesLeftOff, 'older change'),
    change: earlier,
    parts: [],
  };
  return {
    lines: [...(answer.movesLeftOff > 0 ? [before] : []), ...group(moves)],
    inStock,
    bookings: asOf === null ? bookingsOf(answer) : [],
    booked,
    available: inStock === null ? null : inStock - booked,
  };
}

function bookedThen(answer: ExplainAnswer, all: readonly Move[], asOf: Date): number {
  const later = all.filter(({ at }) => new Date(at) > asOf);
  return answer.booked - later.reduce((sum, { bookedChange }) => sum + bookedChange, 0);
}

function bookingsOf(answer: ExplainAnswer): Why['bookings'] {
  const listed = answer.bookings.map(({ store, order, booked, placedAt }) => ({
    label: `${store} ${order} · ${day(placedAt)}`,
    booked,
  }));
  const rest = answer.booked - listed.reduce((sum, { booked }) => sum + booked, 0);
  return rest === 0 ? listed : [...listed, { label: 'Other orders', booked: rest }];
}

/** Orders are many and alike, so they become one line; whatever a person did stands for itself, up to a point. */
function group(moves: readonly Move[]): SumLine[] {
  const lines: SumLine[] = [];
  const byCause = new Map<string, Move[]>();
  for (const move of moves) {
    if (move.inStockChange === 0) continue;
    const isOrder = move.cause.startsWith('order');
    if (!isOrder) lines.push(lineOf(move));
    else byCause.set(move.cause, [...(byCause.get(move.cause) ?? []), move]);
  }
  for (const [cause, some] of byCause)
    lines.push(linesOf(plural(some.length, 'order'), cause.replace(/^order /, ''), some));
  return shorten(lines);
}

const SHOWN_MAX = 12;

function shorten(lines: readonly SumLine[]): SumLine[] {
  if (lines.length <= SHOWN_MAX) return [...lines];
  const [older, newer] = [lines.slice(0, lines.length - SHOWN_MAX + 1), lines.slice(-SHOWN_MAX + 1)];
  const parts = older.flatMap((line) => (line.parts.length > 0 ? line.parts : [partOf(line)]));
  const change = older.reduce((sum, line) => sum + line.change, 0);
  return [{ label: plural(older.length, 'earlier change'), detail: '', change, parts }, ...newer];
}

const partOf = ({ label, detail, change }: SumLine) => ({
  label: detail === '' ? label : `${label} · ${detail}`,
  change,
});

function lineOf(move: Move): SumLine {
  const words = sentence(move.cause);
  const detail = [move.note, move.actor].filter((part) => part !== '').join(' · ');
  return { label: `${words}, ${day(move.at)}`, detail, change: move.inStockChange, parts: [] };
}

function linesOf(label: string, cause: string, moves: readonly Move[]): SumLine {
  return {
    label: `${label} ${cause}`,
    detail: '',
    change: moves.reduce((sum, { inStockChange }) => sum + inStockChange, 0),
    parts: moves.map(({ reference, at, inStockChange }) => ({
      label: `${reference} · ${day(at)}`,
      change: inStockChange,
    })),
  };
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The number in stock over the last days, as points of a line: [ms, units]. */
export function history(
  answer: ExplainAnswer,
  days: number,
  nowMs: number,
): readonly (readonly [number, number])[] {
  if (answer.inStock === null) return [];
  const fromMs = nowMs - days * 24 * 60 * 60_000;
  const points: [number, number][] = [[nowMs, answer.inStock]];
  let units = answer.inStock;
  for (const { at, inStockChange } of answer.moves) {
    const atMs = new Date(at).getTime();
    if (inStockChange === 0) continue;
    if (atMs < fromMs) break;
    points.push([atMs, units]);
    units -= inStockChange;
    points.push([atMs, units]);
  }
  points.push([Math.max(fromMs, Math.min(fromMs, nowMs)), units]);
  return points.reverse();
}

export function asText(answer: ExplainAnswer, why: Why, asOf: Date | null): string {
  const head = asOf === null ? '' : ` on ${day(asOf.toISOString())}`;
  const table = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([label, number]) => `${label}\t${number}`);
  return [
    `Why is this number? ${answer.sku}${answer.title === '' ? '' : `, ${answer.title}`}${head}`,
    '',
    ...table(why.lines.map(({ label, change }) => [label, signed(change)])),
    `In stock\t${why.inStock ?? 'not set'}`,
    '',
    ...table(why.bookings.map(({ label, booked }) => [label, String(booked)])),
    `Booked\t${why.booked}`,
    `Available\t${why.available ?? 'not set'}`,
    '',
    ...(asOf === null
      ? table(answer.listings.map((one) => [`${one.store}, ${one.title}`, listingInWords(one)]))
      : []),
  ].join('\n');
}

export function listingInWords(listing: ExplainAnswer['listings'][number]): string {
  const { shouldShow, lastTold, expected, owed, problem } = listing;
  if (problem !== null) return `${expected ?? lastTold ?? '?'}, wanted ${shouldShow ?? '?'}`;
  if (lastTold === null) return shouldShow === null ? 'not told anything' : `${shouldShow} to be sent`;
  return owed ? `${lastTold}, ${shouldShow ?? '?'} on its way` : `${lastTold} ✓`;
}
