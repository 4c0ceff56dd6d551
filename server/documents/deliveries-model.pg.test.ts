// Transfers and purchase orders against a model of a few lines: random lives, each row sent once, twice, or with its answer lost.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { findLedgerFaults } from '../../test/support/ledger-faults.ts';
import { openSheet } from '../../test/support/sheet-rows.ts';
import { openShop, stampAt } from '../../test/support/shop.ts';
import { submitPurchaseOrders, submitTransfers } from './deliveries.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const command = fc.record({
  action: fc.constantFrom('start', 'receive', 'receive', 'cancel', 'reverse'),
  units: fc.integer({ min: 1, max: 8 }),
  sending: fc.constantFrom('once', 'twice', 'lost'),
});

test.each(['purchase', 'transfer'] as const)(
  '%s: stock is what a model says, whatever is repeated or lost',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 10 }), async (life) => {
        const at = await openShop(database.db, { at50: ['A'], warehouses: 2 });
        const isTransfer = kind === 'transfer';
        const sheet = openSheet(database.db, isTransfer ? submitTransfers : submitPurchaseOrders, () =>
          stampAt(10),
        );
        const [first = '', second = ''] = at.warehouseIds;
        const places = isTransfer
          ? { from: first, to: second, quantity: 12 }
          : { warehouse: second, ordered: 12 };
        const row = sheet.row({
          number: `M-${at.storeId}`,
          sku: at.sku('A'),
          ...places,
          action: 'save draft',
        });
        await sheet.send(row);
        // The states that the line went through, newest last: [state, received].
        const past: (readonly ['draft' | 'open' | 'done' | 'cancelled', number])[] = [['draft', 0]];
        for (const { action, units, sending } of life) {
          const [state, received] = past.at(-1) ?? ['draft', 0];
          const cells = {
            action: action === 'start' ? (isTransfer ? 'send' : 'order') : action,
            receiveNow: action === 'receive' ? units : '',
          };
          if (sending === 'lost') await sheet.sendLosingAnswer(row, cells);
          const before = { rowId: row.rowId, cells: { ...row.cells, ...cells } };
          const answer = await sheet.send(row, cells);
          if (sending === 'twice') expect(await sheet.send(before)).toEqual(answer);
          const total = received + units;
          const can = {
            start: state === 'draft' || (!isTransfer && state === 'open'),
            receive: isTransfer ? state === 'open' && total <= 12 : state !== 'cancelled',
            cancel: state !== 'cancelled' && received === 0,
            reverse: past.length > 1,
          }[action];
          expect([action, state, answer.status]).toEqual([action, state, can ? 'applied' : 'error']);
          if (!can) continue;
          if (action === 'reverse') past.pop();
          if (action === 'start') past.push(['open', received]);
          if (action === 'receive') past.push([total >= 12 ? 'done' : 'open', total]);
          if (action === 'cancel') past.push(['cancelled', 0]);
        }
        const [state, received] = past.at(-1) ?? ['draft', 0];
        const left = isTransfer && (state === 'open' || state === 'done') ? 12 : 0;
        expect(await at.stock('A', 1)).toBe(`${50 - left}/0/${50 - left}`);
        expect((await at.stock('A', 2)) || '0/0/0').toBe(`${received}/0/${received}`);
      }),
      { numRuns: 25 },
    );
    expect(await findLedgerFaults(database.db)).toEqual([]);
  },
  60_000,
);
