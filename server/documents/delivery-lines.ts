// The lines of purchase orders and transfers in the database: found and locked by their number, written in one go.

import { sql } from 'kysely';
import type { DeliveryKind, SpreadWay } from '../../shared/model/delivery.ts';
import type { Sku } from '../../shared/model/ids.ts';
import type { Database, Tx } from '../database/database.ts';
import type { DeliveryLine } from './delivery-step.ts';

/** What is the same for all lines of one number. */
export type DeliveryHead = {
  readonly number: string;
  readonly supplier: string;
  readonly currency: string;
  readonly spreadBy: SpreadWay;
};

export type LockedDeliveries = {
  readonly heads: Map<string, DeliveryHead>;
  readonly lines: Map<number, DeliveryLine>;
  /** Which line each row of the sheet is about. */
  readonly lineOfRow: Map<string, number>;
  /** Lines that some row of the sheet is about; the others were made by the system. */
  readonly ownedLines: ReadonlySet<number>;
};

/** Locks numbers, making those that are new, in sorted order: whoever changes a line holds its number. */
export async function lockDeliveries(
  tx: Tx,
  kind: DeliveryKind,
  wanted: { readonly numbers: readonly string[]; readonly rowIds: readonly string[] },
  at: Date,
): Promise<LockedDeliveries> {
  const known = await linesOfRows(tx, kind, wanted.rowIds);
  const numbers = [...new Set([...wanted.numbers, ...known.map(({ number }) => number)])].sort();
  await sql`insert into deliveries (kind, number, created_at)
    select ${kind}, number, ${at}::timestamptz from unnest(${numbers}::text[]) as number
    order by number on conflict do nothing`.execute(tx);
  const { rows: heads } = await sql<DeliveryHead>`
    select number, supplier, currency, spread_by as "spreadBy" from deliveries
    where kind = ${kind} and number = any(${numbers}::text[]) order by number for update`.execute(tx);
  const { rows: lines } = await sql<DeliveryLine>`
    select id, kind, number, sku, source_id as "sourceId", warehouse_id as "warehouseId", state, quantity, received,
      written_off as "writtenOff", incoming, unit_cost::text as "unitCost", charges::text, expected_on::text as "expectedOn",
      note, revision
    from delivery_lines where kind = ${kind} and number = any(${numbers}::text[]) order by id`.execute(tx);
  // Once more, now that nobody else can add a row to them.
  const rowsNow = await linesOfRows(tx, kind, wanted.rowIds);
  const { rows: owned } = await sql<{ id: number }>`
    select distinct line_id as id from delivery_rows where line_id = any(${lines.map(({ id }) => id)}::bigint[])`.execute(
    tx,
  );
  return {
    heads: new Map(heads.map((head) => [head.number, head])),
    lines: new Map(lines.map((line) => [line.id, line])),
    ownedLines: new Set(owned.map(({ id }) => id)),
    lineOfRow: new Map(rowsNow.map(({ rowId, id }) => [rowId, id])),
  };
}

type RowOfLine = { readonly rowId: string; readonly id: number; readonly number: string };

async function linesOfRows(
  db: Database,
  kind: DeliveryKind,
  rowIds: readonly string[],
): Promise<readonly RowOfLine[]> {
  const { rows } = await sql<RowOfLine>`
    select row_id as "rowId", line.id, line.number from delivery_rows join delivery_lines as line on line.id = line_id
    where kind = ${kind} and row_id = any(${rowIds}::text[])`.execute(db);
  return rows;
}

/** Numbers that nobody has used yet, such as PO-104. */
export async function makeNumbers(tx: Tx, kind: DeliveryKind, count: number): Promise<readonly string[]> {
  const [sequence, prefix] = kind === 'purchase' ? ['purchase_numbers', 'PO-'] : ['transfer_numbers', 'T-'];
  const made: string[] = [];
  while (made.length < count) {
    const { rows } = await sql<{ number: string; taken: boolean }>`
      select number, exists (select 1 from deliveries where kind = ${kind} and lower(number) = lower(new.number)) as taken
      from (select ${prefix}::text || nextval(${sequence}::regclass) as number
        from generate_series(1, ${count - made.length}::integer)) as new`.execute(tx);
    made.push(...rows.filter(({ taken }) => !taken).map(({ number }) => number));
  }
  return made;
}

export async function makeLineIds(tx: Tx, count: number): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('delivery_lines', 'id')) as id
    from generate_series(1, ${count}::integer)`.execute(tx);
  return rows.map(({ id }) => id);
}

export type DeliveryStep = {
  readonly lineId: number;
  readonly revision: number;
  readonly action: string;
  readonly reference: string;
  readonly before: DeliveryLine;
};

export async function saveDeliveries(
  tx: Tx,
  kind: DeliveryKind,
  changed: {
    readonly heads: readonly DeliveryHead[];
    readonly lines: readonly DeliveryLine[];
    readonly rows: readonly { readonly rowId: string; readonly lineId: number }[];
    readonly steps: readonly DeliveryStep[];
  },
): Promise<void> {
  const { heads, lines, rows, steps } = changed;
  await sql`update deliveries set supplier = new.supplier, currency = new.currency, spread_by = new.spread_by
    from jsonb_to_recordset(${JSON.stringify(heads.map((head) => ({ ...head, spread_by: head.spreadBy })))}::jsonb)
      as new (number text, supplier text, currency text, spread_by text)
    where deliveries.kind = ${kind} and deliveries.number = new.number`.execute(tx);
  await sql`
    insert into delivery_lines (id, kind, number, sku, source_id, warehouse_id, state, quantity, received, written_off,
      incoming, unit_cost, charges, expected_on, note, revision)
    select id, kind, number, sku, "sourceId", "warehouseId", state, quantity, received, "writtenOff", incoming, "unitCost",
      charges, "expectedOn", note, revision
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as new (id bigint, kind text, number text, sku text,
      "sourceId" text, "warehouseId" text, state text, quantity bigint, received bigint, "writtenOff" bigint,
      incoming bigint, "unitCost" numeric, charges numeric, "expectedOn" date, note text, revision integer)
    order by id
    on conflict (id) do update set source_id = excluded.source_id, warehouse_id = excluded.warehouse_id,
      state = excluded.state, quantity = excluded.quantity, received = excluded.received,
      written_off = excluded.written_off, incoming = excluded.incoming, unit_cost = excluded.unit_cost,
      charges = excluded.charges, expected_on = excluded.expected_on, note = excluded.note,
      revision = excluded.revision`.execute(tx);
  await sql`insert into delivery_rows (row_id, line_id)
    select * from unnest(${rows.map(({ rowId }) => rowId)}::text[], ${rows.map(({ lineId }) => lineId)}::bigint[])
    on conflict do nothing`.execute(tx);
  await sql`insert into delivery_steps (line_id, revision, action, reference, before)
    select * from unnest(${steps.map(({ lineId }) => lineId)}::bigint[],
      ${steps.map(({ revision }) => revision)}::integer[], ${steps.map(({ action }) => action)}::text[],
      ${steps.map(({ reference }) => reference)}::text[],
      ${steps.map(({ before }) => JSON.stringify(before))}::jsonb[])`.execute(tx);
}

/** Numbers that got no line, because their rows had mistakes, are forgotten. */
export async function dropEmpty(tx: Tx, kind: DeliveryKind, numbers: readonly string[]): Promise<void> {
  await sql`delete from deliveries where kind = ${kind} and number = any(${numbers}::text[]) and not exists (
    select 1 from delivery_lines as line where (line.kind, line.number) = (deliveries.kind, deliveries.number))`.execute(
    tx,
  );
}

export type OpenStep = { readonly reference: string; readonly action: string; readonly before: DeliveryLine };

/** Of each line the newest step that nothing has taken back. */
export async function newestSteps(
  tx: Tx,
  lineIds: readonly number[],
): Promise<ReadonlyMap<number, OpenStep>> {
  const { rows } = await sql<OpenStep & { lineId: number }>`
    select distinct on (line_id) line_id as "lineId", reference, action, before
    from delivery_steps where line_id = any(${lineIds}::bigint[])
      and not exists (select 1 from reversals where reversals.reference = delivery_steps.reference)
    order by line_id, revision desc`.execute(tx);
  return new Map(rows.map(({ lineId, ...step }) => [lineId, step]));
}

/** Products that are not known yet are made, without a listing; returns which. */
export async function makeProducts(tx: Tx, skus: readonly Sku[]): Promise<ReadonlySet<Sku>> {
  const { rows } = await sql<{ sku: Sku }>`
    insert into products (sku) select distinct sku from unnest(${skus}::text[]) as sku order by sku
    on conflict do nothing returning sku`.execute(tx);
  return new Set(rows.map(({ sku }) => sku));
}

/** Products that were made in this transaction for rows that came to nothing. */
export async function forgetProducts(tx: Tx, skus: readonly Sku[]): Promise<void> {
  if (skus.length > 0) await sql`delete from products where sku = any(${skus}::text[])`.execute(tx);
}

export async function listedSkus(db: Database, skus: readonly Sku[]): Promise<ReadonlySet<Sku>> {
  const { rows } = await sql<{ sku: Sku }>`
    select distinct sku from listings where gone_at is null and sku = any(${skus}::text[])`.execute(db);
  return new Set(rows.map(({ sku }) => sku));
}
