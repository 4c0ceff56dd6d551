// Jest runs the TypeScript sources as ES modules; the suffix of a test file tells what it costs (unit, pg, sim, e2e).
export default {
  rootDir: '.',
  testMatch: ['<rootDir>/**/*.{unit,pg,sim,e2e}.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/data/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/data/', '<rootDir>/addon/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  testTimeout: 90_000,
  maxWorkers: 2,
};
