// The last days of a number as a line: what was in stock, or of a bundle what could be sold.

import type { ExplainAnswer } from '../../shared/api/explain.ts';
import { dayOnly } from './words.ts';

const [WIDTH, HEIGHT, FLOOR] = [272, 62, 48];

export function Chart({ answer }: { readonly answer: ExplainAnswer }) {
  const isBundle = answer.parts.length > 0;
  const days = answer.series.flatMap(({ day, inStock, available }) => {
    const units = isBundle ? available : inStock;
    return units === null ? [] : [{ day, units }];
  });
  const [first, last] = [days[0], days[days.length - 1]];
  if (first === undefined || last === undefined || days.length < 2) return null;
  const units = days.map((one) => one.units);
  const [low, high] = [Math.min(0, ...units), Math.max(1, ...units)];
  const x = (index: number) => ((index / (days.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (FLOOR - ((value - low) / (high - low)) * (FLOOR - 4)).toFixed(1);
  // A number stays as it is until it changes: steps, not slopes.
  const points = days.flatMap((one, index) => [
    ...(index === 0 ? [] : [`${x(index)},${y(days[index - 1]?.units ?? 0)}`]),
    `${x(index)},${y(one.units)}`,
  ]);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      role="img"
      aria-label={`${isBundle ? 'Available' : 'In stock'} over ${days.length} days: from ${first.units} to ${last.units}, at least ${Math.min(...units)}, at most ${Math.max(...units)}`}
      style={{ margin: '8px 0' }}
    >
      <line x1="0" y1={y(0)} x2={WIDTH} y2={y(0)} stroke="#e3e6ea" />
      <polyline fill="none" stroke="#0b57d0" stroke-width="1.6" points={points.join(' ')} />
      <text x="0" y={HEIGHT - 3}>
        {isBundle ? 'available' : 'in stock'} since {dayOnly(first.day)}
      </text>
      <text x={WIDTH} y={HEIGHT - 3} text-anchor="end">
        {answer.atDay === null ? 'today' : dayOnly(answer.atDay)}
      </text>
    </svg>
  );
}
