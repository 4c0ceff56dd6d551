// What Google requires of the script that ships, checked on the built file itself.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createContext, Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'acorn';
import { type AddonBuild, buildAddon } from './build.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
/** Of each file, not of both together. */
const FILE_BYTES_MAX = 120_000;
const SERVICES = [
  'SpreadsheetApp',
  'UrlFetchApp',
  'PropertiesService',
  'LockService',
  'CacheService',
  'Utilities',
  'Session',
  'ScriptApp',
  'HtmlService',
  'Logger',
];

let folder: string;
let built: AddonBuild;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stocksheet-addon-'));
  built = await buildAddon(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Evaluates the script where each service notes which of its members are touched. */
function evaluate() {
  const touched: string[] = [];
  const watched = (path: string): unknown =>
    new Proxy(() => undefined, {
      get: (_target, member) => {
        touched.push(`${path}.${String(member)}`);
        return watched(`${path}.${String(member)}`);
      },
      apply: () => watched(`${path}()`),
    });
  const world = Object.fromEntries(SERVICES.map((service) => [service, watched(service)]));
  const context = createContext(world, { codeGeneration: { strings: false, wasm: false } });
  new Script(built.code).runInContext(context);
  return { touched, run: (source: string) => new Script(source).runInContext(context) };
}

describe('the bundle that ships', () => {
  test('parses as an ES2020 script', () => {
    expect(() => parse(built.code, { ecmaVersion: 2020, sourceType: 'script' })).not.toThrow();
  });

  test('its top-level functions are exactly the exports of main.ts', async () => {
    const program = parse(built.code, { ecmaVersion: 2020, sourceType: 'script' });
    const declared = program.body.flatMap((node) =>
      node.type === 'FunctionDeclaration' ? [node.id.name] : [],
    );
    const source = await readFile(join(REPOSITORY, 'addon/main.ts'), 'utf8');
    const exported = [...source.matchAll(/^export function (\w+)/gm)].map((match) => match[1]);
    expect(declared.sort()).toEqual(exported.sort());
    expect([...source.matchAll(/^export /gm)]).toHaveLength(exported.length);
  });

  test('evaluating it touches no service: AuthMode.NONE must not lose the menu', () => {
    expect(evaluate().touched).toEqual([]);
  });

  test('onOpen and onInstall touch only the user interface', () => {
    const { touched, run } = evaluate();
    run('onOpen({ authMode: "NONE" }); onInstall({ authMode: "FULL" });');
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((member) => !member.startsWith('SpreadsheetApp.getUi'))).toEqual([]);
  });

  test('names what Apps Script does not have nowhere', () => {
    expect(built.code).not.toMatch(
      /\b(setTimeout|TextEncoder|URLSearchParams|XMLHttpRequest|localStorage)\b|new URL\(/,
    );
  });

  test('asks Google for this one spreadsheet only', () => {
    expect(built.code.startsWith('/** @OnlyCurrentDoc */')).toBe(true);
  });
});

describe('formulas in cells', () => {
  test.each(['IN_STOCK', 'AVAILABLE', 'BOOKED', 'INCOMING', 'WHY'])(
    'Google offers %s with its explanation: the comment stands right before the function',
    (name) => {
      const [before = ''] = built.code.split(`function ${name}(`);
      expect(before).toMatch(/\/\*\*\n(?: \* [^\n]+\n)+ \* @customfunction\n \*\/\n$/);
    },
  );
});

describe('the sidebar', () => {
  test('is one file without a network of its own', () => {
    expect(built.sidebar).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(/);
    expect(built.sidebar).not.toMatch(/<(script|img|link|iframe)[^>]*\s(src|href)=/i);
    expect(built.sidebar.match(/<script/g)).toHaveLength(1);
  });

  test('leaves nothing for Google to run as a template', () => {
    expect(built.sidebar).not.toContain('<?');
  });

  test('with its bundle it is under 120 kB, and so is the script', () => {
    const [sidebar, code] = [Buffer.byteLength(built.sidebar), Buffer.byteLength(built.code)];
    process.stdout.write(`Sidebar.html ${sidebar} + Code.js ${code} = ${sidebar + code} bytes\n`);
    expect(sidebar).toBeLessThan(FILE_BYTES_MAX);
    expect(code).toBeLessThan(FILE_BYTES_MAX);
  });
});

describe('the manifest', () => {
  test('asks for the least that the script needs, and names each', async () => {
    const manifest = JSON.parse(await readFile(join(REPOSITORY, 'appsscript.json'), 'utf8'));
    expect(manifest.oauthScopes.map((scope: string) => scope.split('/').pop())).toEqual([
      'spreadsheets.currentonly',
      'script.container.ui',
      'script.external_request',
      'script.scriptapp',
      'openid',
      'userinfo.email',
    ]);
  });
});

describe('the folder that clasp pushes', () => {
  test('holds the script, the sidebar and the manifest, and nothing else', async () => {
    expect((await readdir(folder)).sort()).toEqual(['Code.js', 'Sidebar.html', 'appsscript.json']);
  });

  test('the server addresses of the build are the ones the script may call', async () => {
    const other = await mkdtemp(join(tmpdir(), 'stocksheet-addon-'));
    await buildAddon(other, { serverAddresses: ['https://stock.example.com'] });
    const manifest = JSON.parse(await readFile(join(other, 'appsscript.json'), 'utf8'));
    expect(manifest.urlFetchWhitelist).toEqual(['https://stock.example.com/']);
    await expect(buildAddon(other, { serverAddresses: ['http://stock.example.com'] })).rejects.toThrow(
      'cannot be called from Google',
    );
    await rm(other, { recursive: true });
  });

  test('clasp show-file-status lists exactly the intended files', async () => {
    const project = await mkdtemp(join(tmpdir(), 'stocksheet-clasp-'));
    await buildAddon(join(project, 'addon/dist'));
    const settings = join(project, '.clasp.json');
    await promisify(execFile)('cp', [join(REPOSITORY, '.clasp.json'), settings]);
    // An absolute path: clasp 3.4 refuses a relative one.
    const clasp = join(REPOSITORY, 'node_modules/@google/clasp/build/src/index.js');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [clasp, '-P', settings, 'show-file-status', '--json'],
      { cwd: project },
    );
    const pushed = JSON.parse(stdout).filesToPush as string[];
    expect(pushed.sort()).toEqual([
      'addon/dist/Code.js',
      'addon/dist/Sidebar.html',
      'addon/dist/appsscript.json',
    ]);
    await rm(project, { recursive: true });
  });
});
