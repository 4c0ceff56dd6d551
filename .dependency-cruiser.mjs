// Who may import whom. Each rule says why; `npm run check:imports` fails on the first import that breaks one.

/** Names of packages as they look once resolved, or unresolved. */
const packages = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;
const HTTP_DRIVERS = packages('express', 'express-rate-limit', 'helmet', '@bull-board/express');
const SHEET_DRIVERS = packages('googleapis', 'google-auth-library');
const CHANNEL_ENTRANCE = '^server/channels/(channel|manifest|pace|simulator|simulation-[a-z]+)\\.ts$';
const TESTS = '\\.test\\.ts$|/test-support/';

/** What an edge may know besides `shared` and its own driver. */
const EDGE_NEEDS = {
  http: ['^server/database/', '^server/net/signatures\\.ts$'], // one verifier of signatures for all who ask
  sheet: ['^server/database/'],
  net: ['^server/database/', '^server/channels/manifest\\.ts$'], // the limits that shops publish, as data
};

/** A folder that may only import from the given places besides itself, packages and Node. */
const onlyFrom = (name, folder, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: folder, pathNot: TESTS },
  to: { path: '^(addon|server|shared|test)/', pathNot: [folder, ...allowed] },
});

const SHARED = '^shared/';
const DATABASE = '^server/database/';
const LEDGER = '^server/ledger/';
const NET = '^server/net/';
/** What joins the rooms: main, the files beside it, and the rehearsal. */
const COMPOSITION = '^server/([a-z-]+\\.ts$|demo/)';

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea in two places; types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be found fails only when that line runs.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^bun:' },
    },
    {
      name: 'shared-knows-only-zod',
      comment: 'What both sides agree on has to run in Google’s sheet as well.',
      severity: 'error',
      from: { path: SHARED, pathNot: TESTS },
      to: { pathNot: [SHARED, packages('zod')] },
    },
    onlyFrom(
      'addon-knows-shared',
      '^addon/',
      [SHARED],
      'The sheet’s side runs at Google: nothing of the server exists there.',
    ),
    onlyFrom(
      'ledger-is-the-heart',
      LEDGER,
      [SHARED, DATABASE],
      'What moves stock depends on nothing that could change for other reasons.',
    ),
    onlyFrom(
      'commands-use-the-ledger',
      '^server/(documents|orders|listings|activity)/',
      [SHARED, DATABASE, LEDGER, '^server/(documents|orders|listings|activity)/'],
      'Documents, orders and listings are pure work on the database: no channel, no queue, no http.',
    ),
    {
      name: 'ledger-has-no-clock',
      comment: 'Time and chance are arguments there, so that a run can be repeated exactly.',
      severity: 'error',
      from: { path: '^server/(ledger|orders|documents|listings)/', pathNot: TESTS },
      to: { path: '^(node:)?(timers|timers/promises|perf_hooks)$' },
    },
    {
      name: 'channels-are-islands',
      comment: 'A seventh channel is one folder and one line: no channel may lean on another.',
      severity: 'error',
      from: { path: '^server/channels/([^/]+)/', pathNot: TESTS },
      to: { path: '^server/channels/[^/]+/', pathNot: '^server/channels/$1/' },
    },
    {
      name: 'channels-know-the-contract',
      comment:
        'A channel translates between a shop and the contract; ledger, queue and http are not its business.',
      severity: 'error',
      from: { path: '^server/channels/', pathNot: TESTS },
      to: {
        path: '^(addon|server|test)/',
        pathNot: ['^server/channels/', NET],
      },
    },
    {
      name: 'channels-by-the-registry',
      comment: 'Outside its folder a channel is named on its line of the registry only.',
      severity: 'error',
      from: {
        path: '^server/',
        pathNot: [TESTS, '^server/channels/', '^server/demo/'],
      },
      to: { path: '^server/channels/', pathNot: [CHANNEL_ENTRANCE, '^server/channels/registry\\.ts$'] },
    },
    {
      name: 'contract-names-no-channel',
      comment: 'The contract must not know who fulfils it.',
      severity: 'error',
      from: { path: CHANNEL_ENTRANCE },
      to: { path: '^server/channels/[^/]+/' },
    },
    onlyFrom(
      'sync-uses-interfaces',
      '^server/sync/',
      [
        SHARED,
        DATABASE,
        LEDGER,
        NET,
        '^server/(documents|orders|listings|activity|secrets)/',
        '^server/channels/[a-z-]+\\.ts$',
      ],
      'The jobs get queue, sheet and clock as arguments, so the simulation can run them without any.',
    ),
    {
      name: 'sync-has-no-drivers',
      comment: 'The jobs reach the outside through interfaces only.',
      severity: 'error',
      from: { path: '^server/sync/', pathNot: TESTS },
      to: { path: [HTTP_DRIVERS, SHEET_DRIVERS, packages('bullmq', 'ioredis', 'pg', 'undici')] },
    },
    ...['http', 'sheet', 'queue', 'net', 'secrets'].map((folder) =>
      onlyFrom(
        `${folder}-stands-alone`,
        `^server/${folder}/`,
        [SHARED, ...(EDGE_NEEDS[folder] ?? [])],
        'The edges are joined in main and nowhere else, so that each can be replaced alone.',
      ),
    ),
    onlyFrom(
      'workbook-stands-alone',
      '^server/workbook/',
      [SHARED, DATABASE],
      'The local workbook plays Google’s part: it knows the product no better than Google does.',
    ),
    onlyFrom(
      'database-is-the-floor',
      DATABASE,
      [SHARED],
      'Everything stands on the database; it stands on nothing.',
    ),
    {
      name: 'nobody-imports-main',
      comment: 'The composition root is where things are joined; what it joins cannot know it.',
      severity: 'error',
      from: { pathNot: [COMPOSITION, TESTS, '^test/'] },
      to: { path: '^server/(main\\.ts|demo/)' },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'What helps tests may break any rule; the product must run without it.',
      severity: 'error',
      from: { path: '^(addon|server|shared)/', pathNot: TESTS },
      to: { path: ['^test/', TESTS] },
    },
    {
      name: 'bullmq-in-the-queue-only',
      comment: 'The queue can be replaced as long as one folder knows it.',
      severity: 'error',
      from: { path: '^(addon|server|shared)/', pathNot: '^server/queue/' },
      to: { path: packages('bullmq', 'ioredis') },
    },
    {
      name: 'express-in-http-only',
      comment: 'Only the pages and endpoints speak http to the outside.',
      severity: 'error',
      from: { path: '^(addon|server|shared)/', pathNot: [TESTS, '^server/(http|workbook)/', COMPOSITION] },
      to: { path: HTTP_DRIVERS },
    },
    {
      name: 'google-in-the-sheet-only',
      comment: 'One folder writes to Google, or to what plays Google.',
      severity: 'error',
      // Who a person is, is Google's word too: its tokens are checked by its own library.
      from: { path: '^(server|shared)/', pathNot: [TESTS, '^server/sheet/', '^server/http/identity\\.ts$'] },
      to: { path: SHEET_DRIVERS },
    },
    {
      name: 'declared-packages-only',
      comment: 'A package that is only there because another one needs it can vanish any day.',
      severity: 'error',
      from: { path: '^(addon|server|shared|test)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'product-without-dev-packages',
      comment: 'The server has to run with what is installed for production.',
      severity: 'error',
      from: { path: '^(server|shared)/', pathNot: [TESTS, '^server/workbook/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(data|dist|coverage)/' },
    tsPreCompilationDeps: true,
    // The TypeScript compiler it knows is older than ours; this parser reads the same sources, type imports included.
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
