// Inventory: one row per SKU with what is there, what is promised and what can be sold.

import { column, type TabColumn, type TabDefinition, updatedColumn } from './tab.ts';

export const INVENTORY_STATUSES = ['ok', 'owed', 'failed', 'unset', 'negative'] as const;
export type InventoryStatus = (typeof INVENTORY_STATUSES)[number];

export type WarehouseName = { readonly id: string; readonly name: string };

const START: readonly TabColumn[] = [
  column('sku', 'SKU', 'text', 140, 'The identity of the product, exactly as the stores have it.'),
  column('title', 'Title', 'text', 240, 'What most of its listings are called.'),
  column(
    'inStock',
    'In stock',
    'integer',
    90,
    'Units in all warehouses. Empty: nobody has set a number yet.',
  ),
  column('booked', 'Booked', 'integer', 90, 'Units of open orders that were not sent or cancelled yet.'),
  column(
    'available',
    'Available',
    'integer',
    90,
    'In stock − booked. Stores are told this, and never less than 0.',
  ),
  column('incoming', 'Incoming', 'integer', 90, 'Units on their way to us. Stores are not told about them.'),
  column(
    'status',
    'Status',
    'text',
    90,
    'ok: every store has the newest number. owed: a store is still to be told. failed: a store refused, see Online ' +
      'Listings. unset: set a number in Adjustments first. negative: more is promised than is in stock.',
  ),
];

const END: readonly TabColumn[] = [
  column('listings', 'Listings', 'integer', 75, 'How many listings in all stores sell this SKU.'),
  column('lastPushed', 'Last pushed', 'time', 145, 'When a store last confirmed a number for this SKU.'),
  updatedColumn,
];

/** With more than one warehouse, each has its own numbers too. */
export function inventoryTab(warehouses: readonly WarehouseName[]): TabDefinition {
  const places = warehouses.length > 1 ? warehouses.flatMap(warehouseColumns) : [];
  return {
    name: 'Inventory',
    owner: 'server',
    rowKey: 'sku',
    newestRowsMax: null,
    columns: [...START, ...places, ...END],
  };
}

function warehouseColumns({ id, name }: WarehouseName): TabColumn[] {
  return [
    column(`inStock.${id}`, `In stock: ${name}`, 'integer', 120, `Units in the warehouse ${name}.`),
    column(
      `available.${id}`,
      `Available: ${name}`,
      'integer',
      120,
      `In stock − booked in the warehouse ${name}.`,
    ),
    column(`incoming.${id}`, `Incoming: ${name}`, 'integer', 120, `Units on their way to ${name}.`),
  ];
}
