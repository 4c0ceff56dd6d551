// The letter and colour by which a kind of shop is known at a glance, the same wherever it is shown.

/** White letters can be read on each of them. */
const COLOURS = [
  '#a1356b',
  '#0b57d0',
  '#455a64',
  '#b8470f',
  '#00695c',
  '#4d7a31',
  '#8a4b00',
  '#7f54b3',
] as const;

export const badgeLetter = (label: string): string => label.slice(0, 1).toUpperCase();

/** By the label alone, so that no list of shops is kept here; far enough apart for those that there are. */
export function badgeColour(label: string): string {
  const sum = [...label].reduce((total, letter) => (total * 27 + letter.charCodeAt(0)) % 997, 0);
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0];
}
