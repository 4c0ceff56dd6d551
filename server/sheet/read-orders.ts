// Rows of Orders: the newest order lines, with how far each is in plain words and what the shop itself says.

import { sql } from 'kysely';
import type { OrderState } from '../../shared/model/order.ts';
import { ORDERS_TAB, type OrderLineState } from '../../shared/tabs/orders.ts';
import type { Database } from '../database/database.ts';
import type { SheetContext } from './context.ts';
import { type SheetRow, toText, toTime } from './row.ts';

type LineRow = {
  readonly store_id: string;
  readonly order_id: string;
  readonly line_id: string;
  readonly number: string;
  readonly placed_at: Date;
  readonly state: OrderState;
  readonly channel_state: string;
  readonly warning: string | null;
  readonly sku: string | null;
  readonly title: string;
  readonly ignored_because: string | null;
  readonly ordered: number;
  readonly fulfilled: number;
  readonly released: number;
  readonly written_off: number;
  readonly restocked: number;
  readonly posted_sku: string | null;
  readonly posted_booked: number;
  /** Null: its SKU is counted, so nobody asked. */
  readonly is_known: boolean | null;
};

/** Null: nothing has changed. A line counts as changed when its order looks different (a trigger). */
export async function readOrders(
  db: Database,
  { stores }: SheetContext,
  since: string | null,
): Promise<readonly SheetRow[] | null> {
  if (since !== null && !(await anyChanged(db, since))) return null;
  const { rows } = await sql<LineRow>`
    select line.*, whole.number, whole.placed_at, whole.state, whole.channel_state, whole.warning,
      case when posted_sku is null then exists (select 1 from products where products.sku = line.sku) end as is_known
    from order_lines as line join orders as whole on whole.store_id = line.store_id and whole.remote_id = line.order_id
    order by whole.placed_at desc, line.order_id desc, line.position limit ${ORDERS_TAB.newestRowsMax}`.execute(
    db,
  );
  return rows.map((row) => {
    const key = JSON.stringify([row.store_id, row.order_id, row.line_id]);
    return {
      key,
      cells: {
        order: toText(row.number),
        store: toText(stores.get(row.store_id) ?? ''),
        placed: toTime(row.placed_at),
        state: stateOf(row),
        shopSays: toText(row.channel_state),
        sku: toText(row.sku),
        title: toText(row.title),
        ordered: row.ordered,
        fulfilled: row.fulfilled,
        cancelled: row.released + row.written_off,
        restocked: row.restocked,
        booked: row.posted_booked,
        note: toText(noteOf(row)),
        rowKey: toText(key),
      },
    };
  });
}

function stateOf(row: LineRow): OrderLineState {
  const { ordered, fulfilled, released, written_off: writtenOff, restocked } = row;
  if (row.state === 'deleted') return 'deleted';
  if (row.ignored_because !== null) return 'not counted';
  const open = row.state === 'open' ? ordered - fulfilled - released - writtenOff : 0;
  if (open > 0) return fulfilled > 0 ? 'partly sent' : 'to send';
  if (restocked > 0) return restocked >= fulfilled ? 'returned' : 'partly returned';
  return fulfilled > 0 ? 'sent' : 'cancelled';
}

function noteOf(row: LineRow): string {
  if (row.ignored_because !== null) return `Moves no stock: ${row.ignored_because}.`;
  if (row.warning !== null) return row.warning;
  if (row.is_known === null) return '';
  if (row.sku === null) return 'Moves no stock: it has no SKU.';
  return row.is_known
    ? 'Moves no stock: no warehouse of ours serves the location that it is sent from.'
    : 'Moves no stock yet: no listing that we know has this SKU.';
}

async function anyChanged(db: Database, since: string): Promise<boolean> {
  const { rows } = await sql`select 1 from order_lines where changed_tx >= ${since}::xid8 limit 1`.execute(
    db,
  );
  return rows.length > 0;
}
