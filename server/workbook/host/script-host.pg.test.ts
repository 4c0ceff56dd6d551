// The stand-in for Apps Script: as strict as the real one, and never in its own way.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { createLocalIdentity, type LocalIdentity } from '../identity.ts';
import { openWorkbook, type Workbook } from '../workbook.ts';
import type { Dialog, ScriptUi } from './calls.ts';
import { createPropertyStore } from './properties.ts';
import { createScriptHost, type ScriptHostOptions } from './script-host.ts';
import { createScriptWorkbook } from './script-workbook.ts';
import { createTriggerStore, runDueTriggers } from './triggers.ts';

const MIA = { email: 'mia@shop.example', name: 'Mia' };

let database: TestDatabase;
let workbook: Workbook;
let identity: LocalIdentity;
let server: Server;
let address: string;

beforeAll(async () => {
  database = await createTestDatabase();
  workbook = await openWorkbook(database.db, 'book', 'Stock');
  identity = await createLocalIdentity(() => new Date());
  server = createServer((request, response) => {
    if (request.url === '/fail') response.statusCode = 500;
    response.setHeader('content-type', 'text/plain');
    response.end(`${request.method} ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});

function host(code: string, options: Partial<ScriptHostOptions> = {}) {
  return createScriptHost({
    code,
    workbookOf: ({ email }) => createScriptWorkbook(workbook, { kind: 'person', email }),
    serverAddress: address,
    properties: createPropertyStore(database.db, workbook.id),
    triggers: createTriggerStore(database.db, workbook.id, () => new Date()),
    signIdentityToken: identity.signIdentityToken,
    owner: MIA,
    ...options,
  });
}

const evaluate = (expression: string) => host(`function run() { return ${expression}; }`).run('run');

function uiThatAnswers(text: string): ScriptUi & { shown: Dialog[] } {
  const shown: Dialog[] = [];
  return {
    shown,
    toast: () => {},
    dialog: async (dialog) => {
      shown.push(dialog);
      return { button: 'OK', text };
    },
  };
}

describe('which functions can be called', () => {
  test('what the script declares, with arguments and results as plain data', async () => {
    const script = host('function add(a, b) { return { sum: a.n + b, when: undefined }; }');
    expect(await script.run('add', [{ n: 2 }, 3])).toEqual({ sum: 5 });
  });

  test.each(['constructor', 'toString', '__proto__', 'SpreadsheetApp', 'JSON', 'hidden_', 'missing'])(
    '%s is not a function of the script',
    async (name) => {
      await expect(host('function hidden_() { return 1; }').run(name)).rejects.toThrow(
        `Script function not found: ${name}`,
      );
    },
  );

  test('each run starts afresh: globals are not kept', async () => {
    const script = host('var count = 0; function next() { count += 1; return count; }');
    expect([await script.run('next'), await script.run('next')]).toEqual([1, 1]);
  });
});

describe('a bare world: facts 1.2, what Apps Script does not have', () => {
  test.each(['setTimeout', 'TextEncoder', 'fetch', 'URL', 'process', 'require', 'crypto', 'atob'])(
    '%s does not exist',
    async (name) => {
      expect(await evaluate(`typeof ${name}`)).toBe('undefined');
    },
  );
});

describe('AuthMode: facts 1.4', () => {
  test.each([
    ['PropertiesService.getDocumentProperties()', 'PropertiesService.getDocumentProperties'],
    ['SpreadsheetApp.getActiveSpreadsheet()', 'SpreadsheetApp.getActiveSpreadsheet'],
    ['UrlFetchApp.fetch("http://127.0.0.1")', 'UrlFetchApp.fetch'],
    ['SpreadsheetApp.getUi().alert("x")', 'Ui.alert'],
  ])('onOpen may not touch %s', async (call, name) => {
    await expect(host(`function onOpen() { ${call}; }`).menu()).rejects.toThrow(
      `You do not have permission to call ${name}.`,
    );
  });

  test('a service touched while loading loses the menu', async () => {
    const code = 'var sheet = SpreadsheetApp.getActiveSpreadsheet(); function onOpen() {}';
    await expect(host(code).menu()).rejects.toThrow('You do not have permission');
  });

  test('onOpen may build a menu', async () => {
    const code = `function onOpen() {
      SpreadsheetApp.getUi().createMenu('Stock').addItem('Submit', 'submit').addSeparator().addToUi();
    }`;
    expect(await host(code).menu()).toEqual([
      { title: 'Stock', items: [{ label: 'Submit', functionName: 'submit' }, { separator: true }] },
    ]);
  });
});

describe('SpreadsheetApp is as strict as the real one: facts 5.5', () => {
  const onSheet = (call: string) =>
    evaluate(`SpreadsheetApp.getActiveSpreadsheet().insertSheet('New ' + Utilities.getUuid()).${call}`);

  test('setValues checks the dimensions, in the words of Google', async () => {
    await expect(onSheet('getRange(1, 1, 3, 1).setValues([["a"], ["b"]])')).rejects.toThrow(
      'The number of rows in the data does not match the number of rows in the range. The data has 2 but the range has 3.',
    );
    await expect(onSheet('getRange(1, 1, 1, 3).setNotes([["a", "b"]])')).rejects.toThrow(
      'The number of columns in the data does not match the number of columns in the range. The data has 2 but the range has 3.',
    );
  });

  test('a range outside the grid is refused', async () => {
    await expect(onSheet('getRange(1001, 1)')).rejects.toThrow(
      'The coordinates of the range are outside the dimensions of the sheet.',
    );
    await expect(onSheet('getRange(0, 1)')).rejects.toThrow('The starting row of the range is too small.');
  });

  test('values go there and back; an empty cell is an empty string', async () => {
    expect(await onSheet('getRange(1, 1, 1, 3).setValues([["00123", 7, true]]).getValues()')).toEqual([
      [123, 7, true],
    ]);
    expect(await onSheet('getRange(5, 5).getValues()')).toEqual([['']]);
  });

  test('cells are merged and taken apart; a range tells of each merge that reaches into it', async () => {
    const code = `function run() {
      const sheet = SpreadsheetApp.getActiveSpreadsheet().insertSheet('Merged');
      sheet.getRange('A1:C3').setValues([['a', 'b', 'c'], ['d', 'e', 'f'], ['g', 'h', 'i']]);
      sheet.getRange('A1:B2').merge();
      sheet.getRange('B3:C3').mergeAcross();
      const notations = (range) => range.getMergedRanges().map((one) => one.getA1Notation());
      const before = notations(sheet.getRange('B2:C3'));
      const parts = [sheet.getRange('B2').isPartOfMerge(), sheet.getRange('C1').isPartOfMerge()];
      sheet.getRange('A1:C2').breakApart();
      return [before, parts, notations(sheet.getRange('A1:C3')), sheet.getRange('A1:C3').getValues()];
    }`;
    expect(await host(code).run('run')).toEqual([
      ['A1:B2', 'B3:C3'],
      [true, false],
      ['B3:C3'],
      [
        ['a', '', 'c'],
        ['', '', 'f'],
        ['g', 'h', ''],
      ],
    ]);
    const cut = `(() => {
      const sheet = SpreadsheetApp.getActiveSpreadsheet().insertSheet('Cut');
      sheet.getRange('A1:B2').merge();
      sheet.getRange('A1').breakApart();
    })()`;
    await expect(evaluate(cut)).rejects.toThrow(
      'You must select all cells in a merged range to merge or unmerge them.',
    );
  });

  test('a value goes into many ranges at once', async () => {
    const code = `function run() {
      const sheet = SpreadsheetApp.getActiveSpreadsheet().insertSheet('Many');
      sheet.getRangeList(['A1:A2', 'B3']).setValue(false);
      return sheet.getRange('A1:B3').getValues();
    }`;
    expect(await host(code).run('run')).toEqual([
      [false, ''],
      [false, ''],
      ['', false],
    ]);
  });

  test('errors of services are errors for the script', async () => {
    const code = `function run() {
      try { SpreadsheetApp.getActiveSpreadsheet().insertSheet('A ' + Utilities.getUuid()).getRange(0, 0); } catch (error) {
        return [error instanceof Error, error.name];
      }
    }`;
    expect(await host(code).run('run')).toEqual([true, 'Exception']);
  });

  test('without a person at the screen there is no user interface', async () => {
    await expect(evaluate('SpreadsheetApp.getUi()')).rejects.toThrow(
      'Cannot call SpreadsheetApp.getUi() from this context.',
    );
  });
});

describe('Utilities', () => {
  test('bytes are signed', async () => {
    const bytes = (await evaluate(
      'Utilities.computeDigest(Utilities.DigestAlgorithm.SHA_256, "a", Utilities.Charset.UTF_8)',
    )) as number[];
    expect(bytes).toHaveLength(32);
    expect(bytes.slice(0, 3)).toEqual([-54, -105, -127]); // ca 97 81
  });

  test('without UTF-8, letters beyond ASCII are lost', async () => {
    const same = 'JSON.stringify(Utilities.computeHmacSha256Signature("ö", "k")) === ';
    expect(await evaluate(`${same} JSON.stringify(Utilities.computeHmacSha256Signature("?", "k"))`)).toBe(
      true,
    );
  });
});

describe('UrlFetchApp', () => {
  test('reaches the configured server, and headers have their usual names', async () => {
    const code = `function run(address) {
      var response = UrlFetchApp.fetch(address + '/hello', { method: 'post', payload: 'x' });
      return [response.getContentText(), response.getHeaders()['Content-Type']];
    }`;
    expect(await host(code).run('run', [address])).toEqual(['POST /hello', 'text/plain']);
  });

  test('reaches nothing else', async () => {
    await expect(evaluate('UrlFetchApp.fetch("http://127.0.0.1:1/")')).rejects.toThrow('Address unavailable');
    await expect(evaluate('UrlFetchApp.fetch("http://169.254.169.254/")')).rejects.toThrow(
      'Address unavailable',
    );
  });

  test('a failure throws unless it is muted', async () => {
    const code =
      'function run(address, mute) { return UrlFetchApp.fetch(address + "/fail", { muteHttpExceptions: mute }).getResponseCode(); }';
    await expect(host(code).run('run', [address, false])).rejects.toThrow('returned code 500');
    expect(await host(code).run('run', [address, true])).toBe(500);
  });
});

describe('dialogs, locks and limits', () => {
  test('a prompt waits for the person', async () => {
    const ui = uiThatAnswers('Ada');
    const code = `function run() {
      var ui = SpreadsheetApp.getUi();
      var answer = ui.prompt('Name', 'Who are you?', ui.ButtonSet.OK_CANCEL);
      return [answer.getSelectedButton() === ui.Button.OK, answer.getResponseText()];
    }`;
    expect(await host(code).run('run', [], ui)).toEqual([true, 'Ada']);
    expect(ui.shown).toEqual([
      { kind: 'prompt', title: 'Name', message: 'Who are you?', buttons: ['OK', 'CANCEL'] },
    ]);
  });

  const LOCKED = `function hold(text) {
    var lock = LockService.getDocumentLock();
    if (!lock.tryLock(text === 'wait' ? 20000 : 0)) return 'refused';
    if (text === 'keep') UrlFetchApp.fetch(ADDRESS);
    return 'held';
  }`;

  test('one execution at a time holds the document lock; it is let go when the script ends', async () => {
    let arrived = () => {};
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow = createServer((_request, response) => {
      release = () => response.end('done');
      arrived();
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const slowAddress = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const script = host(LOCKED.replace('ADDRESS', JSON.stringify(slowAddress)), {
      serverAddress: slowAddress,
    });
    const first = script.run('hold', ['keep']);
    await held;
    expect(await script.run('hold', ['now'])).toBe('refused');
    const third = script.run('hold', ['wait']);
    release();
    expect(await Promise.all([first, third])).toEqual(['held', 'held']);
    slow.close();
  });

  test('a script that never ends is stopped', async () => {
    const script = host('function run() { for (;;) {} }', { executionLimitMs: 200 });
    await expect(script.run('run')).rejects.toThrow('Exceeded maximum execution time');
  });

  test('a property of more than 9 kB is refused', async () => {
    await expect(
      evaluate('PropertiesService.getDocumentProperties().setProperty("k", "x".repeat(10000))'),
    ).rejects.toThrow('Argument too large: value');
  });
});

describe('time triggers: facts 1.1 and 1.4', () => {
  const MAKE = (call: string) =>
    `function make() { return ScriptApp.newTrigger('tick').timeBased().${call}.create().getHandlerFunction(); }
     function list() { return ScriptApp.getProjectTriggers().map(function (one) { return one.getHandlerFunction(); }); }
     function clear() { ScriptApp.getProjectTriggers().forEach(function (one) { ScriptApp.deleteTrigger(one); }); }
     function tick(event) {
       PropertiesService.getDocumentProperties().setProperty('ticked', Session.getActiveUser().getEmail() + event.authMode);
     }
     function read() { return PropertiesService.getDocumentProperties().getProperty('ticked'); }`;
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

  test('run when their time has come, once, as the person who made them, with nobody at the screen', async () => {
    const script = host(MAKE('everyMinutes(10)'));
    await script.run('make', [], undefined, { person: { email: 'ben@shop.example', name: 'Ben' } });
    expect(await script.run('list')).toEqual([]);
    const run = (at: Date) => runDueTriggers(database.db, workbook.id, at, script.runTrigger);
    expect(await run(inMinutes(9))).toBe(0);
    expect(await run(inMinutes(10.1))).toBe(1);
    expect(await run(inMinutes(10.2))).toBe(0);
    expect(await run(inMinutes(21))).toBe(1);
    expect(await script.run('read')).toBe('ben@shop.exampleFULL');
    await script.run('clear', [], undefined, { person: { email: 'ben@shop.example', name: 'Ben' } });
    expect(await run(inMinutes(60))).toBe(0);
  });

  test('only the steps that Google knows, and at most twenty', async () => {
    await expect(host(MAKE('everyMinutes(7)')).run('make')).rejects.toThrow(
      'It must be one of 1, 5, 10, 15 or 30.',
    );
    const script = host(MAKE('everyHours(1)'));
    for (let count = 0; count < 20; count += 1) await script.run('make');
    await expect(script.run('make')).rejects.toThrow('This script has too many triggers.');
    await script.run('clear');
    expect(await script.run('list')).toEqual([]);
  });
});

describe('storage that outlives an execution', () => {
  test('properties of the document are shared, those of a user are not', async () => {
    const script =
      host(`function put(scope, value) { PropertiesService['get' + scope + 'Properties']().setProperty('k', value); }
      function read(scope) { return PropertiesService['get' + scope + 'Properties']().getProperty('k'); }`);
    const ben = { person: { email: 'ben@shop.example', name: 'Ben' } };
    await script.run('put', ['Document', 'ours']);
    await script.run('put', ['User', 'mine']);
    expect(
      await host(
        'function read() { return PropertiesService.getDocumentProperties().getProperty("k"); }',
      ).run('read'),
    ).toBe('ours');
    expect([await script.run('read', ['User']), await script.run('read', ['User'], undefined, ben)]).toEqual([
      'mine',
      null,
    ]);
  });

  test('a store of properties holds 500 kB', async () => {
    const code = `function run() {
      var all = {};
      for (var i = 0; i < 60; i += 1) all['k' + i] = 'x'.repeat(9000);
      PropertiesService.getScriptProperties().setProperties(all);
    }`;
    await expect(host(code).run('run')).rejects.toThrow('You have exceeded the property storage quota.');
  });

  test('a cached value is forgotten when its time is over, and 100 kB is too much', async () => {
    let nowMs = 0;
    const script = host(
      `function put() { CacheService.getScriptCache().put('k', 'v', 60); }
       function read() { return CacheService.getScriptCache().get('k'); }
       function big() { CacheService.getScriptCache().put('k', 'x'.repeat(102401)); }`,
      { nowMs: () => nowMs },
    );
    await script.run('put');
    nowMs = 59_000;
    expect(await script.run('read')).toBe('v');
    nowMs = 61_000;
    expect(await script.run('read')).toBe(null);
    await expect(script.run('big')).rejects.toThrow('Argument too large: value');
  });
});

describe('who is there', () => {
  test('the identity token and the e-mail are those of the person whose window it is', async () => {
    const code =
      'function run() { return [ScriptApp.getIdentityToken(), Session.getActiveUser().getEmail()]; }';
    const ben = { email: 'ben@shop.example', name: 'Ben' };
    const [token, email] = (await host(code).run('run', [], undefined, { person: ben })) as [string, string];
    expect(email).toBe(ben.email);
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      email,
    });
  });

  test('a daily quota that is used up says so as Google does', async () => {
    const code = `function run(address) {
      var all = [];
      for (var i = 0; i < 20001; i += 1) all.push(address);
      UrlFetchApp.fetchAll(all);
    }`;
    await expect(host(code).run('run', [address])).rejects.toThrow(
      'Service invoked too many times for one day: urlfetch.',
    );
  });
});

describe('HtmlService', () => {
  test('shows a page of the project in the sidebar, 300 px wide whatever is asked for', async () => {
    const shown: object[] = [];
    const ui: ScriptUi = { ...uiThatAnswers(''), showHtml: (page) => void shown.push(page) };
    const code = `function run() {
      SpreadsheetApp.getUi().showSidebar(HtmlService.createHtmlOutputFromFile('sidebar').setTitle('Stock').setWidth(500));
    }`;
    await host(code, { files: { sidebar: '<p>Hello</p>' } }).run('run', [], ui);
    expect(shown).toEqual([
      { kind: 'sidebar', title: 'Stock', html: '<p>Hello</p>', widthPx: 300, heightPx: 0 },
    ]);
    await expect(host(code).run('run', [], ui)).rejects.toThrow('No HTML file named sidebar was found.');
  });
});

describe('protection, rules and colours by script', () => {
  test('protecting takes nobody’s rights until editors are taken off', async () => {
    const code = `function make(name) {
      var sheet = SpreadsheetApp.getActiveSpreadsheet().insertSheet(name);
      var protection = sheet.getRange('A:B').protect().setDescription('ours');
      return [protection.canEdit(), sheet.getProtections(SpreadsheetApp.ProtectionType.RANGE).length];
    }
    function close(name) {
      var sheet = SpreadsheetApp.getActiveSpreadsheet().getSheetByName(name);
      var protection = sheet.getProtections('RANGE')[0];
      protection.removeEditors(protection.getEditors());
    }
    function write(name) { SpreadsheetApp.getActiveSpreadsheet().getSheetByName(name).getRange('A2').setValue(1); }`;
    const script = host(code);
    const ben = { person: { email: 'ben@shop.example', name: 'Ben' } };
    expect(await script.run('make', ['Closed'])).toEqual([true, 1]);
    await script.run('write', ['Closed'], undefined, ben);
    await script.run('close', ['Closed']);
    await script.run('write', ['Closed']);
    await expect(script.run('write', ['Closed'], undefined, ben)).rejects.toThrow(
      'You are trying to edit a protected cell or object.',
    );
  });

  test('a conditional format is kept as the API has it, and read back', async () => {
    const code = `function run(name) {
      var sheet = SpreadsheetApp.getActiveSpreadsheet().insertSheet(name);
      var rule = SpreadsheetApp.newConditionalFormatRule().whenTextEqualTo('Error').setBackground('#fce8e6')
        .setRanges([sheet.getRange('C2:C')]).build();
      sheet.setConditionalFormatRules([rule]);
      return sheet.getConditionalFormatRules()[0].getBooleanCondition().getCriteriaValues();
    }`;
    expect(await host(code).run('run', ['Colours'])).toEqual(['Error']);
  });
});
