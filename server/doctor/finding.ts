// What the doctor finds: how one piece is, in a sentence that says what to do when it is not well.

export const LEVELS = ['ok', 'note', 'wrong'] as const;
export type Level = (typeof LEVELS)[number];

export type Finding = {
  /** The piece, in a word or two. */
  readonly about: string;
  /** note: works, and is worth knowing. wrong: does not work until somebody does what the message says. */
  readonly level: Level;
  readonly message: string;
};

export const ok = (about: string, message: string): Finding => ({ about, level: 'ok', message });
export const note = (about: string, message: string): Finding => ({ about, level: 'note', message });
export const wrong = (about: string, message: string): Finding => ({ about, level: 'wrong', message });

const MARKS: Readonly<Record<Level, string>> = { ok: 'ok    ', note: 'note  ', wrong: 'WRONG ' };
const ABOUT_WIDTH = 18;

export const toLine = ({ about, level, message }: Finding): string =>
  `${MARKS[level]}${about.padEnd(ABOUT_WIDTH)} ${message}`;

export function verdict(findings: readonly Finding[]): string {
  const count = findings.filter(({ level }) => level === 'wrong').length;
  if (count === 0) return 'Nothing is wrong.';
  return count === 1 ? 'One thing is wrong.' : `${count} things are wrong.`;
}
