// Deliveries: every line of every purchase order and transfer, whatever row of the sheet it came from, drafts that the
// system made included. To go on with one, type its number and SKU into Purchase orders or Transfers.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

export const DELIVERIES_TAB: TabDefinition = {
  name: 'Deliveries',
  owner: 'server',
  rowKey: 'rowKey',
  newestRowsMax: null,
  columns: [
    column('number', 'Number', 'text', 100, 'The purchase order or transfer.'),
    column('kind', 'Kind', 'text', 110, 'purchase order or transfer.'),
    column('state', 'State', 'text', 110, 'draft, ordered or sent, partly received, received or cancelled.'),
    column('sku', 'SKU', 'text', 170, 'What is on its way.'),
    column('from', 'From', 'text', 140, 'The supplier, or the warehouse that it leaves.'),
    column('to', 'To', 'text', 120, 'The warehouse that it goes to.'),
    column('quantity', 'Ordered', 'integer', 80, 'Units ordered or sent.'),
    column('received', 'Received', 'integer', 80, 'Units that have arrived.'),
    column('writtenOff', 'Missing', 'integer', 80, 'Units that were sent and written off.'),
    column('incoming', 'Incoming', 'integer', 80, 'Units still on their way.'),
    column('expected', 'Expected', 'text', 110, 'The day it should arrive.'),
    column('currency', 'Currency', 'text', 80, 'Of the costs.'),
    column('unitCost', 'Unit cost', 'text', 90, 'What one unit costs.'),
    column('landedUnitCost', 'Landed unit cost', 'text', 120, 'With its share of freight and fees.'),
    column('landedCost', 'Landed cost', 'text', 110, 'All units of the line with their share, to the cent.'),
    column('note', 'Note', 'text', 220, 'The note of the line.'),
    column('rowKey', 'Row key', 'text', 80, 'Tells rows apart. Written by the system.', { hidden: true }),
    updatedColumn,
  ],
};
