// What rows of purchase orders and transfers are worked through with: everything they touch, locked, and what has changed so far.

import type { DeliveryKind } from '../../shared/model/delivery.ts';
import type { Sku, WarehouseId } from '../../shared/model/ids.ts';
import type { Tx } from '../database/database.ts';
import type { LockedSkus, Move, Stamp } from '../ledger/moves.ts';
import {
  type DeliveryHead,
  type DeliveryStep,
  dropEmpty,
  type LockedDeliveries,
  listedSkus,
  makeLineIds,
  newestSteps,
  type OpenStep,
  saveDeliveries,
} from './delivery-lines.ts';
import type { DeliveryLine, StepWorld } from './delivery-step.ts';
import { postDocumentMoves } from './post-moves.ts';
import { keepReversals, type PostedMove, type ReversalLink, readPosted } from './reverse.ts';
import { runningBalances } from './running-balances.ts';
import { type NearSkus, readNear } from './unknown-sku.ts';
import type { KnownWarehouse } from './warehouses.ts';

type Opening = {
  readonly locked: LockedDeliveries;
  readonly skus: LockedSkus;
  readonly warehouses: readonly KnownWarehouse[];
  /** Products that were made for these rows. */
  readonly made: ReadonlySet<Sku>;
  readonly unknown: readonly Sku[];
  readonly newLinesMax: number;
  readonly stamp: Stamp;
};

export type DeliveryWork = Opening & {
  readonly kind: DeliveryKind;
  /** Of SKUs that no product had before these rows. */
  readonly near: NearSkus;
  readonly world: StepWorld;
  readonly headOf: (number: string) => DeliveryHead;
  readonly steps: Map<number, OpenStep>;
  readonly posted: ReadonlyMap<string, readonly PostedMove[]>;
  readonly changes: Changes;
  readonly newLineId: () => number;
  /** Posts and writes everything; returns the SKUs that moved. */
  readonly finish: (numbers: readonly string[]) => Promise<readonly Sku[]>;
};

type Changes = {
  readonly moves: Move[];
  readonly lines: Map<number, DeliveryLine>;
  readonly heads: Map<string, DeliveryHead>;
  readonly rows: { rowId: string; lineId: number }[];
  readonly steps: DeliveryStep[];
  readonly links: ReversalLink[];
};

export async function openWork(tx: Tx, kind: DeliveryKind, opening: Opening): Promise<DeliveryWork> {
  const { locked, skus, warehouses, stamp } = opening;
  const names = new Map<WarehouseId, string>(warehouses.map(({ id, name }) => [id, name]));
  const listed = await listedSkus(tx, [...skus.versions.keys()]);
  const steps = new Map(await newestSteps(tx, [...locked.lines.keys()]));
  const posted = await readPosted(
    tx,
    [...steps.values()].map(({ reference }) => reference),
  );
  const changes: Changes = { moves: [], lines: new Map(), heads: new Map(), rows: [], steps: [], links: [] };
  const ids = [...(await makeLineIds(tx, opening.newLinesMax))];
  return {
    ...opening,
    kind,
    near: await readNear(tx, [...opening.made, ...opening.unknown]),
    steps,
    posted,
    changes,
    world: {
      balances: runningBalances(skus),
      nameOf: (id) => names.get(id) ?? id,
      isListed: (sku) => listed.has(sku),
    },
    headOf: (number) => {
      const head = changes.heads.get(number) ?? locked.heads.get(number);
      if (head === undefined) throw new Error(`The number ${number} is not locked.`);
      return head;
    },
    newLineId: () => {
      const id = ids.shift();
      if (id === undefined) throw new Error('More lines were made than there are rows.');
      return id;
    },
    finish: async (numbers) => {
      await saveDeliveries(tx, kind, {
        heads: [...changes.heads.values()],
        lines: [...changes.lines.values()],
        rows: changes.rows,
        steps: changes.steps,
      });
      await keepReversals(tx, changes.links, stamp);
      await dropEmpty(tx, kind, numbers);
      return postDocumentMoves(tx, skus, changes.moves, stamp);
    },
  };
}

export type Refused = { readonly kind: 'refused'; readonly field: string | null; readonly message: string };

export const refuse = (field: string | null, message: string): Refused => ({
  kind: 'refused',
  field,
  message,
});
