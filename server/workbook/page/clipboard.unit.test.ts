// Copying and pasting blocks of cells, as spreadsheets put them on the clipboard.

import { describe, expect, test } from '@jest/globals';
import { fromClipboardText, toClipboardText } from './clipboard.ts';

describe('pasting', () => {
  test.each([
    ['one cell', 'BLUEJEANSM', [['BLUEJEANSM']]],
    [
      'a block',
      'a\tb\nc\td',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'the line break that Excel adds at the end',
      'a\tb\r\nc\td\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['empty cells at both ends', '\ta\t', [['', 'a', '']]],
    ['quoted cells with breaks, tabs and quotes', '"a\nb\tc ""d"""\te', [['a\nb\tc "d"', 'e']]],
    [
      'lines of different length become a block',
      'a\nb\tc',
      [
        ['a', ''],
        ['b', 'c'],
      ],
    ],
    ['an empty line in between', 'a\n\nb', [['a'], [''], ['b']]],
    ['nothing', '', [['']]],
  ])('%s', (_name, text, cells) => {
    expect(fromClipboardText(text)).toEqual(cells);
  });

  test('what is copied can be pasted again', () => {
    const cells = [
      ['00123', 'two\nlines', 'say "hi"'],
      [5, true, ''],
    ];
    expect(fromClipboardText(toClipboardText(cells))).toEqual([
      ['00123', 'two\nlines', 'say "hi"'],
      ['5', 'TRUE', ''],
    ]);
  });
});
