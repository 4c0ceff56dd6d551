// What is left under way when one of several calls fails: nothing.

import { expect, it } from '@jest/globals';
import { inTurns, together } from './in-turns.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('answers in the order of the list, a few at a time', async () => {
  let underWay = 0;
  let most = 0;
  const doubled = await inTurns([1, 2, 3, 4, 5], 2, async (number) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await turn();
    underWay -= 1;
    return 2 * number;
  });
  expect(doubled).toEqual([2, 4, 6, 8, 10]);
  expect(most).toBe(2);
});

it('after a failure nothing new begins, and it is thrown when the others have ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const working = inTurns([1, 2, 3, 4, 5, 6], 3, async (number) => {
    begun.push(number);
    if (number === 2) throw new Error('The shop is gone.');
    for (let count = 0; count < 5; count += 1) await turn();
    ended.push(number);
  });
  await expect(working).rejects.toThrow('The shop is gone.');
  expect(begun).toEqual([1, 2, 3]);
  expect(ended).toEqual([1, 3]);
});

it('calls side by side have all ended when one of them fails', async () => {
  let hasEnded = false;
  const slow = async (): Promise<string> => {
    await turn();
    hasEnded = true;
    return 'read';
  };
  await expect(together([slow(), Promise.reject(new Error('Too many requests.'))])).rejects.toThrow(
    'Too many requests.',
  );
  expect(hasEnded).toBe(true);
  await expect(together([slow(), 7])).resolves.toEqual(['read', 7]);
});
