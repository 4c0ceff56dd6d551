// What a benchmark hands back: a figure, the bound it is held to, and how it compares with something measured in the same run.

export type Measurement = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In the unit of the value. */
  readonly bound: number;
  readonly better: 'higher' | 'lower';
  /** The value compared with its yardstick. */
  readonly ratio: number;
  /** What the ratio compares with, in words. */
  readonly comparedWith: string;
};

export const holds = ({ value, bound, better }: Measurement): boolean =>
  better === 'higher' ? value >= bound : value <= bound;

const round = (value: number): number => Number(value.toPrecision(4));

/** A row of the JSON file. The unit says how the bound is meant, so that the row explains itself. */
export function toRow(measured: Measurement) {
  const { name, value, unit, bound, better, ratio, comparedWith } = measured;
  return {
    name,
    value: round(value),
    unit: `${unit}, ${better === 'higher' ? 'at least' : 'at most'} the bound; ratio to ${comparedWith}`,
    bound: round(bound),
    ratio: round(ratio),
  };
}

/** A table for people; what breaks its bound stands out. */
export function toLine(measured: Measurement): string {
  const { name, value, unit, bound, better, ratio, comparedWith } = measured;
  const limit = `${better === 'higher' ? '≥' : '≤'} ${round(bound)}`;
  const verdict = holds(measured) ? 'ok  ' : 'FAIL';
  const figures = `${String(round(value)).padStart(9)} ${unit}`;
  return `${verdict}  ${name.padEnd(21)}${figures.padEnd(34)}${limit.padEnd(11)}${round(ratio)} × ${comparedWith}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
