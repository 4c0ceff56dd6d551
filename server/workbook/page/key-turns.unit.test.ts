// Fast typing: every key is done, in its order, and is understood when its turn comes.

import { expect, test } from '@jest/globals';
import { createKeyTurns, type Key } from './key-turns.ts';

const keyOf = (key: string): Key => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false });

test('what the pointer chooses is done between the keys before and after it', async () => {
  const did: string[] = [];
  const turns = createKeyTurns(
    ({ key }) =>
      async () =>
        void did.push(key),
    () => undefined,
  );
  const choose = async () => void did.push('click');
  let finish = () => {};
  const running = turns.run(() => new Promise<void>((resolve) => (finish = resolve)));
  turns.wait(keyOf('a'));
  turns.inTurn(choose);
  turns.wait(keyOf('b'));
  expect(did).toEqual([]);
  finish();
  await running;
  expect(did).toEqual(['a', 'click', 'b']);
  turns.inTurn(choose);
  await turns.settled();
  expect(did).toEqual(['a', 'click', 'b', 'click']);
});

test('keys pressed while one is being done wait, keep their order, and a failing one does not stop the rest', async () => {
  const did: string[] = [];
  const failures: string[] = [];
  let isEditing = false;
  const turns = createKeyTurns(
    ({ key }) =>
      async () => {
        if (key === 'x') throw new Error('x failed');
        did.push(isEditing ? `text ${key}` : `grid ${key}`);
        await Promise.resolve();
        if (key === 'F2') isEditing = true;
      },
    (error) => failures.push((error as Error).message),
  );
  let finish = () => {};
  const running = turns.run(() => new Promise<void>((resolve) => (finish = resolve)));
  expect(turns.isBusy()).toBe(true);
  for (const key of ['a', 'x', 'F2', 'b']) turns.wait(keyOf(key));
  expect(did).toEqual([]);
  // Whoever waits for the keys waits for those that came meanwhile, too.
  const settled = turns.settled().then(() => did.push('settled'));
  finish();
  await running;
  await settled;
  expect(did).toEqual(['grid a', 'grid F2', 'text b', 'settled']);
  expect(failures).toEqual(['x failed']);
  expect(turns.isBusy()).toBe(false);
});
