// `npm run demo -- --check` as a test: the whole product with its rehearsal stores, a kill -9 in the middle of a push included.

import { expect, test } from '@jest/globals';
import { check } from '../../server/demo/check.ts';

const CHECK_MS = 400_000;

test(
  'R1–R62: every promise of the check holds on an empty data folder',
  async () => {
    let printed = '';
    const exitCode = await check((text) => {
      printed += text;
    });
    expect(printed).not.toContain('FAIL');
    expect(printed).toContain('Everything held');
    expect(exitCode).toBe(0);
  },
  CHECK_MS,
);
