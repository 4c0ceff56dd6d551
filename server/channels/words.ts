// A shop's own words for the state of an order, as people read them: NOT_STARTED → Not started, on-hold → On hold.

export function inWords(code: string): string {
  const words = code.trim().toLowerCase().replaceAll(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
