// Looks at one piece; what goes wrong while looking is a finding too, so that the pieces after it are still looked at.

import { type Finding, wrong } from './finding.ts';

/** Hears of what nobody foresaw, with where in the program it was. */
export type HearError = (error: unknown) => void;

const REMEDY =
  'Run npm run doctor once more. If it says so again, LOG_LEVEL=debug npm run doctor prints what its makers need to know.';

export async function attempt(
  about: string,
  look: () => Promise<readonly Finding[]>,
  hear: HearError,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    hear(error);
    return [wrong(about, notLookedAt(error))];
  }
}

/** Of an error that says nothing, its name. */
export function notLookedAt(error: unknown): string {
  const said = error instanceof Error ? error.message || error.name : String(error);
  const [line = ''] = said.trim().split('\n');
  return `This could not be looked at: ${line.replace(/\.$/, '')}. ${REMEDY}`;
}
