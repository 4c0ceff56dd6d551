// From a long list of steps that fails, finds a short one that still does: leaves out ever smaller pieces as long as it fails.

/**
 * `failure` runs steps from the beginning and returns what went wrong, or null. Returns the shortest list found and its failure;
 * null when the steps do not fail again.
 */
export async function shortestFailing<Step>(
  steps: readonly Step[],
  failure: (steps: readonly Step[]) => Promise<Error | null>,
): Promise<{ readonly steps: readonly Step[]; readonly error: Error } | null> {
  const again = await failure(steps);
  if (again === null) return null;
  let shortest = { steps, error: again };
  for (let piece = Math.ceil(steps.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let start = 0; start < shortest.steps.length; ) {
      const fewer = shortest.steps.toSpliced(start, piece);
      const error = await failure(fewer);
      if (error === null) start += piece;
      else shortest = { steps: fewer, error };
    }
  }
  return shortest;
}
