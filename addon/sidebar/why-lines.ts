// The server's explanation as lines that people read, each list with its sum, on the screen and as text.

import type { ExplainAnswer } from '../../shared/api/explain.ts';
import { day, dayOnly, moment, plural, sentence, signed, when } from './words.ts';

export type Line = { readonly label: string; readonly detail: string; readonly number: string };
export type Sum = { readonly title: string; readonly lines: readonly Line[]; readonly total: string };

type Sums = 'inStock' | 'booked' | 'incoming';

/** What the answer is about, as lists: each ends in its sum. */
export function sumsOf(answer: ExplainAnswer): readonly Sum[] {
  const isBundle = answer.parts.length > 0;
  return [
    ...(isBundle ? [] : [sum('In stock', answer.inStock, groupLines(answer, 'inStock'))]),
    // Of the past only the sums are known, not which orders were open.
    sum('Booked', answer.booked, answer.at === null ? bookingLines(answer) : groupLines(answer, 'booked')),
    ...(answer.incoming === 0 ? [] : [sum('Incoming', answer.incoming, groupLines(answer, 'incoming'))]),
  ];
}

const sum = (title: string, total: number | null, lines: readonly Line[]): Sum => ({
  title,
  lines,
  total: total === null ? 'not set' : String(total),
});

const groupLines = (answer: ExplainAnswer, of: Sums): Line[] =>
  answer.groups
    .filter((group) => group[of] !== 0)
    .map((group) => ({
      label: sentence(group.group),
      detail:
        group.moves === 1 ? day(group.lastAt) : `${plural(group.moves, 'change')}, last ${day(group.lastAt)}`,
      number: signed(group[of]),
    }));

function bookingLines(answer: ExplainAnswer): Line[] {
  const lines = answer.bookings.map(({ store, order, booked, placedAt, bundle }) => ({
    label: `${store} ${order}`,
    detail: [when(placedAt, Date.now()), bundle === null ? '' : `in ${bundle}`]
      .filter((part) => part !== '')
      .join(' · '),
    number: String(booked),
  }));
  const rest = answer.booked - answer.bookings.reduce((total, { booked }) => total + booked, 0);
  return rest === 0 ? lines : [...lines, { label: 'Other orders', detail: '', number: String(rest) }];
}

/** Of a bundle: the part that allows the fewest in a warehouse decides how many can be sold there. */
export const partLines = (answer: ExplainAnswer): readonly Line[] =>
  answer.parts.map(({ warehouse, sku, units, available, makes }) => ({
    label: `${sku} in ${warehouse}`,
    detail: `${available} available, ${units} in each`,
    number: `makes ${makes}`,
  }));

const MOVES_SHOWN_MAX = 12;

/** The newest changes one by one, and how many more there are. */
export function latestMoves(answer: ExplainAnswer): {
  readonly lines: readonly Line[];
  readonly more: number;
} {
  const shown = answer.moves.slice(0, MOVES_SHOWN_MAX);
  return {
    lines: shown.map((move) => ({
      label: sentence(move.cause),
      detail: [moment(move.at, Date.now()), move.note, move.actor].filter((part) => part !== '').join(' · '),
      number: [
        move.inStockChange === 0 ? '' : signed(move.inStockChange),
        move.bookedChange === 0 ? '' : `${signed(move.bookedChange)} booked`,
      ]
        .filter((part) => part !== '')
        .join(', '),
    })),
    more: answer.moves.length - shown.length + answer.movesLeftOff,
  };
}

/** A past moment is the end of a day. */
export const asOfWords = ({ atDay }: ExplainAnswer): string =>
  atDay === null ? '' : ` at the end of ${dayOnly(atDay)}`;

export function asText(answer: ExplainAnswer): string {
  const table = (lines: readonly Line[]) => lines.map(({ label, number }) => `${label}\t${number}`);
  const title = answer.title === '' ? '' : `, ${answer.title}`;
  return [
    `Why is this number? ${answer.sku}${title}${asOfWords(answer)}`,
    answer.sentence,
    ...sumsOf(answer).flatMap((one) => ['', ...table(one.lines), `${one.title}\t${one.total}`]),
    `Available\t${answer.available ?? 'not set'}`,
    ...(answer.parts.length === 0 ? [] : ['', ...table(partLines(answer))]),
    '',
    ...answer.listings.map((one) => `${one.store}, ${one.title}\t${listingInWords(one)}`),
  ].join('\n');
}

export function listingInWords(listing: ExplainAnswer['listings'][number]): string {
  const { shouldShow, lastTold, expected, owed, problem } = listing;
  if (problem !== null) return `${expected ?? lastTold ?? '?'}, wanted ${shouldShow ?? '?'}`;
  if (lastTold === null) return shouldShow === null ? 'not told anything' : `${shouldShow} to be sent`;
  return owed ? `${lastTold}, ${shouldShow ?? '?'} on its way` : `${lastTold} ✓`;
}
