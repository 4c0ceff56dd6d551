// Calls that are allowed in one home only: what no linter rule and no import rule can see.

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

type Rule = {
  readonly name: string;
  readonly call: RegExp;
  /** Where it is not allowed. */
  readonly banned: RegExp;
  /** Its homes inside of that. */
  readonly homes: RegExp | null;
  readonly samples: readonly string[];
  readonly innocent: readonly string[];
};

const PURE = /^server\/(ledger|orders|listings|documents)\//;
const PRODUCT = /^(server|shared|addon)\//;

const RULES: readonly Rule[] = [
  {
    name: 'the environment is read in server/config.ts only',
    call: /\bprocess\s*\.\s*env\b|\bprocess\s*\[\s*['"`]env|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/,
    banned: PRODUCT,
    homes: /^server\/config\.ts$/,
    samples: ['const key = process.env.KEY;', "process['env']", 'const { env } = process;'],
    innocent: ['const environment = given;', 'spawn(program, { env: {} })', 'process.environment'],
  },
  {
    name: 'time is an argument in ledger, orders, listings and documents',
    call: /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(\(\s*\)|(?![\w\s]*\())|(?<!\bnew\s)\bDate\(\)|\bperformance\s*\.\s*now\b/,
    banned: PURE,
    homes: null,
    samples: [
      'const at = Date.now();',
      'at: new Date()',
      'new Date( )',
      'performance.now()',
      'pick(Date.now)',
    ],
    innocent: ['new Date(text)', 'at: Date', 'readonly at: Date | null', 'new Date(0)'],
  },
  {
    name: 'chance is an argument in ledger, orders, listings and documents',
    call: /\bMath\s*\.\s*random\b|\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b/,
    banned: PURE,
    homes: null,
    samples: ['Math.random()', 'id: randomUUID()', 'choose(Math.random)'],
    innocent: ['random: () => number', 'Math.round(1)'],
  },
  {
    name: 'the product writes to its log, never to the console',
    call: /(?<!\/)\bconsole\s*\./,
    banned: PRODUCT,
    homes: /^addon\/(build\.ts|google\.ts)$/,
    samples: ['console.log(1)', 'console\n  .error(e)'],
    innocent: ['log.info("the console is open")', "open('https://console.cloud.google.com')"],
  },
  {
    name: 'outbound calls leave through server/net',
    call: /(?<![.\w]|\bfunction\s)fetch\s*\(|\bglobalThis\s*\.\s*fetch\b/,
    banned: /^server\//,
    // Shops and Google as we play them, and the rehearsal's customers, are the outside.
    homes: /^server\/(net|workbook\/(page|host)|demo)\/|^server\/channels\/(\w+\/)?simulat/,
    samples: ['await fetch(url)', 'globalThis.fetch(url)', 'return fetch (url)'],
    innocent: ['UrlFetchApp.fetch(url)', 'prefetch(url)', 'fetch: (url: string) => Promise<Response>'],
  },
];

async function sources(): Promise<readonly { file: string; text: string }[]> {
  const found: { file: string; text: string }[] = [];
  for (const folder of ['addon', 'server', 'shared']) {
    for (const name of await readdir(`${ROOT}${folder}`, { recursive: true })) {
      const file = `${folder}/${name}`;
      if (!file.endsWith('.ts') || /\.test\.ts$|\/test-support\/|\/(dist|node_modules)\//.test(file))
        continue;
      found.push({ file, text: withoutComments(await readFile(`${ROOT}${file}`, 'utf8')) });
    }
  }
  return found;
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');

const offends = (rule: Rule, file: string, text: string): boolean =>
  rule.banned.test(file) && rule.homes?.test(file) !== true && rule.call.test(text);

describe.each(RULES)('$name', (rule) => {
  const place = rule.banned === PURE ? 'server/ledger/planted.ts' : 'server/sync/planted.ts';

  test.each(rule.samples)('a planted offence is found: %j', (sample) => {
    expect(offends(rule, place, withoutComments(`const a = 1;\n${sample}\n`))).toBe(true);
  });

  test.each(rule.innocent)('an innocent line is not: %j', (line) => {
    expect(offends(rule, place, withoutComments(`${line}\n// ${rule.samples[0]}\n`))).toBe(false);
  });

  test('no source offends', async () => {
    const all = await sources();
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(({ file, text }) => offends(rule, file, text)).map(({ file }) => file)).toEqual([]);
  });
});
