// A person adjusts stock: the shipped script in the local workbook, the signed API, the ledger, and the answer in the row.

import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { ADJUSTMENTS_TAB } from '../../../shared/tabs/adjustments.ts';
import { PERSON } from '../../support/workbook-fixture.ts';
import { quietUi, useAdjustments } from './open-adjustments.ts';

const at = useAdjustments();

/** What the page's data answers with such headers: another name for this computer, as a DNS rebinding attack has, or a proxy's. */
function statusWith(
  headers: Readonly<Record<string, string>>,
  address = at.fixture.pageAddress,
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${address}tabs`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the shipped bundle against the real workbook, API and ledger', () => {
  test('set-up makes the tab with its headers, hidden columns, dropdowns and tick boxes', async () => {
    const shape = await at.fixture.workbook.look(async (view) => view.sheetNamed('Adjustments')?.shape);
    expect(shape?.columns.map(({ hidden }) => hidden).slice(0, 11)).toEqual(
      ADJUSTMENTS_TAB.columns.map(({ hidden }) => hidden),
    );
    expect(shape?.tags.map(({ key }) => key)).toEqual([
      'stocksheet.tab',
      ...ADJUSTMENTS_TAB.columns.map(({ key }) => `col.${key}`),
    ]);
    expect(shape?.rules.map(({ rule }) => rule.kind)).toEqual(['tick', 'choice', 'choice']);
    expect(shape?.frozenRows).toBe(1);
  });

  test('ticked rows reach the ledger once, under the name of the person, and are answered beside themselves', async () => {
    await at.type(10, {
      submit: true,
      sku: 'REDCAP',
      action: 'set',
      quantity: '12',
      note: 'Größe geprüft ✓',
    });
    await at.type(11, { submit: true, sku: 'NOSUCH', action: 'add', quantity: 'abc' });
    const ui = quietUi();
    await at.fixture.host.run('submitTickedRows', [], ui);
    expect(ui.dialogs).toEqual([]);
    expect(ui.toasts).toEqual([
      '1 row applied. 1 row needs you: read the message beside it. The first is row 11 of Adjustments.',
    ]);
    expect([await at.read(10, 'status'), await at.read(10, 'submit')]).toEqual(['Applied', false]);
    expect([await at.read(11, 'status'), await at.read(11, 'submit')]).toEqual(['Error', true]);
    expect(await at.read(11, 'message')).toContain('is not a whole number');
    expect(await at.inStock('REDCAP')).toBe(12);
    const { rows } = await sql<{ actor: string; note: string }>`
      select actor, note from moves where sku = 'REDCAP'`.execute(at.fixture.database.db);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.actor).toContain('mia@shop.example');
    expect(rows[0]?.note).toContain('Größe geprüft ✓');
  });

  test('while the server cannot be reached rows wait and say so; then they go through once', async () => {
    await at.type(11, { submit: false });
    await at.type(12, { submit: true, sku: 'REDCAP', action: 'add', quantity: '3' });
    at.fixture.cut(true);
    await at.fixture.host.run('submitTickedRows', [], quietUi());
    expect([await at.read(12, 'status'), await at.read(12, 'submit')]).toEqual(['Waiting', true]);
    expect(await at.read(12, 'message')).toContain('could not be reached');
    at.fixture.cut(false);
    await at.fixture.host.run('submitTickedRows', [], quietUi());
    expect(await at.read(12, 'status')).toBe('Applied');
    expect(await at.inStock('REDCAP')).toBe(15);
  });

  test('900 rows at once, every second one wrong: each row has its own answer', async () => {
    const first = 101;
    const lines = Array.from({ length: 900 }, (_line, index) => [
      true,
      'REDCAP',
      '',
      'add',
      index % 2 === 0 ? 1 : `wrong ${index}`,
    ]);
    await at.fixture.workbook.change(PERSON, async (edit) => {
      const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
      edit.writeCells(sheetId, first - 1, 0, lines, 'typed');
    });
    const ui = quietUi();
    await at.fixture.host.run('submitTickedRows', [], ui);
    expect(ui.toasts[0]).toContain('450 rows applied. 450 rows need you');
    expect(await at.read(first, 'status')).toBe('Applied');
    expect(await at.read(first + 899, 'message')).toContain('"wrong 899" is not a whole number');
    expect(await at.inStock('REDCAP')).toBe(465);
    await at.fixture.workbook.change(PERSON, async (edit) => {
      const sheetId = edit.sheetNamed('Adjustments')?.sheetId ?? -1;
      await edit.remove(sheetId, 'rows', first - 1, 1_000);
    });
  });

  test('the page refuses other origins, missing tokens, other names for this computer, proxies and guesses', async () => {
    const url = `${at.fixture.pageAddress}edits`;
    const body = JSON.stringify({ tabId: 1, edit: { kind: 'insertRows', before: 2, count: 1 } });
    const headers = { 'content-type': 'application/json', origin: at.fixture.address };
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(403);
    const html = await (await fetch(at.fixture.pageAddress)).text();
    const token = /name="page-token" content="([\w-]+)"/.exec(html)?.[1] ?? '';
    const other = { ...headers, 'x-page-token': token, origin: 'https://evil.example' };
    expect((await fetch(url, { method: 'POST', body, headers: other })).status).toBe(403);
    expect(await statusWith({ host: 'attacker.example' })).toBe(403);
    expect(await statusWith({ host: new URL(at.fixture.address).host })).toBe(200);
    for (const name of ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'])
      expect([name, await statusWith({ [name]: '1' })]).toEqual([name, 403]);
    for (const guess of ['', 'guess/', 'of-the-tesT/'])
      expect([guess, await statusWith({}, `${at.fixture.address}/workbook/${guess}`)]).toEqual([guess, 403]);
  });
});
