// The order of the test files: those of test/ and addon/ go through the whole product and take longest, so they come first. A
// long one that comes last leaves one of the two workers idle. (No TypeScript: the package's types name another default export.)

import Sequencer from '@jest/test-sequencer';

const LONG = /\/(test|addon)\/.*\.(e2e|pg|sim)\.test\.ts$/;

export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [
      ...sorted.filter(({ path }) => LONG.test(path)),
      ...sorted.filter(({ path }) => !LONG.test(path)),
    ];
  }
}
