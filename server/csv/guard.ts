// Text in a CSV file that a spreadsheet program would take for a formula. One apostrophe in front keeps it text, and the import
// takes exactly that one away again; text that begins with an apostrophe gets one too, so that nothing is lost either way.

const WOULD_RUN = /^[=+\-@\t\r']/;

export const guard = (text: string): string => (WOULD_RUN.test(text) ? `'${text}` : text);

/** Undoes `guard`. An apostrophe that guards nothing was typed by a person, and stays. */
export const unguard = (text: string): string =>
  text.startsWith("'") && WOULD_RUN.test(text.slice(1)) ? text.slice(1) : text;
