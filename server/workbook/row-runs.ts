// Rows that stand together, as runs: what is next to each other is read, written and removed at once.

/** Neighbouring places together, from the top. */
export function runsOf(places: readonly number[]): { at: number; count: number }[] {
  const runs: { at: number; count: number }[] = [];
  for (const place of [...new Set(places)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last.at + last.count === place) last.count += 1;
    else runs.push({ at: place, count: 1 });
  }
  return runs;
}
