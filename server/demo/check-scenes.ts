// The scenes of the unattended check in their order, each a requirement played against the running product and looked at in the stores.

import { connect, importOpening } from './check-connecting.ts';
import { receivePurchaseOrder, sellBundle, transfer } from './check-documents.ts';
import { brake } from './check-questions.ts';
import { refund } from './check-refunds.ts';
import { type Report, until } from './check-report.ts';
import { adjustTenToFifteen, blueJeans, cancel, sellAndFulfil } from './check-selling.ts';
import { shelvesAgree } from './check-shelves.ts';
import { patienceMs } from './check-steps.ts';
import { editInShops, killDuringPush, offAndOn } from './check-troubles.ts';
import type { CheckWorld } from './check-world.ts';

type Scene = (world: CheckWorld, report: Report) => Promise<void>;

export const SCENES: readonly Scene[] = [
  connect,
  importOpening,
  adjustTenToFifteen,
  sellAndFulfil,
  blueJeans,
  cancel,
  refund,
  editInShops,
  killDuringPush,
  brake,
  sellBundle,
  receivePurchaseOrder,
  transfer,
  offAndOn,
  shelvesAgree,
  sheetShowsIt,
];

async function sheetShowsIt(world: CheckWorld, report: Report): Promise<void> {
  const skus = ['00123', 'APPLES', 'BLUEJEANSM', 'SOCKS-3', 'HAT-WOOL'];
  const differing: string[] = [];
  for (const sku of skus) {
    const { inStock, booked, available } = await world.api().explain(sku);
    const same = async (): Promise<boolean> => {
      const row = await world.inventoryRow(sku);
      return row?.['inStock'] === inStock && row?.['booked'] === booked && row?.['available'] === available;
    };
    if (!(await until(same, patienceMs(world)))) differing.push(sku);
  }
  const said =
    differing.length === 0 ? `shows the same for ${skus.join(', ')}` : `differs for ${differing.join(', ')}`;
  report.line('R49-R52', differing.length === 0, `the Inventory tab ${said}`);
}
