// A1 notation in all the forms that the Sheets API documents.

import { expect, test } from '@jest/globals';
import { columnLetters, formatA1, parseA1 } from './a1.ts';

const area = (startRow: number, endRow: number | null, startColumn: number, endColumn: number | null) => ({
  startRow,
  endRow,
  startColumn,
  endColumn,
});

test.each([
  ['A1', null, area(0, 1, 0, 1)],
  ['A1:B2', null, area(0, 2, 0, 2)],
  ['B2:A1', null, area(0, 2, 0, 2)],
  ['$A$1:$B$2', null, area(0, 2, 0, 2)],
  ['A:C', null, area(0, null, 0, 3)],
  ['2:3', null, area(1, 3, 0, null)],
  ['A5:A', null, area(4, null, 0, 1)],
  ['A5:C', null, area(4, null, 0, 3)],
  ['Stock!AA10:AB11', 'Stock', area(9, 11, 26, 28)],
  ["'My Tab'!A1:B2", 'My Tab', area(0, 2, 0, 2)],
  ["'It''s'!A1", "It's", area(0, 1, 0, 1)],
  ["'My Tab'", 'My Tab', null],
])('%s', (text, tab, expected) => {
  expect(parseA1(text)).toEqual({ tab, area: expected });
});

test.each(['', '!', 'A0', 'A1:B2:C3', 'A', '1', ':', "'open!A1", 'A-1', 'Tab!', 'A1:'])(
  '"%s" is no range',
  (text) => {
    expect(parseA1(text)).toBeNull();
  },
);

test('what is written can be read again', () => {
  const written = formatA1("It's", area(4, 6, 26, 27));
  expect(written).toBe("'It''s'!AA5:AA6");
  expect(parseA1(written)).toEqual({ tab: "It's", area: area(4, 6, 26, 27) });
  expect([0, 25, 26, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
});
