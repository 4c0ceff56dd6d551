// Does one step of a life, by the product and by the model; both must give the same answer.

import type { Step, StockLife } from './life.ts';
import { resend } from './send-rows.ts';
import {
  adjustRows,
  composeRows,
  countRows,
  deliveryRows,
  reverseRows,
  ruleRows,
  wholeDelivery,
} from './steps-documents.ts';
import { changeOrders, crowd, mapPlaces, reread, switchSync } from './steps-orders.ts';
import { pushAll } from './world.ts';

const HOUR_MS = 60 * 60_000;

/** Returns whether anything was taken. */
export async function perform(life: StockLife, step: Step): Promise<boolean> {
  const { world } = life;
  switch (step.kind) {
    case 'adjust':
      return adjustRows(life, step.rows, step.sending);
    case 'count':
      return countRows(life, step);
    case 'purchase':
    case 'transfer':
      return deliveryRows(life, step.kind, step.rows, step.sending);
    case 'whole':
      return wholeDelivery(life, step);
    case 'reverse':
      return reverseRows(life, step.nths);
    case 'orders':
      return changeOrders(life, step.rows);
    case 'reread':
      return reread(life, step.nths);
    case 'compose':
      return composeRows(life, step.rows);
    case 'rules':
      return ruleRows(life, step.rows);
    case 'map':
      return mapPlaces(life, step.store, step.warehouses);
    case 'switch':
      return switchSync(life, step.store, step.fromNow);
    case 'push':
      await pushAll(world);
      return true;
    case 'wait':
      world.play.pass(HOUR_MS);
      return false;
    case 'resend':
      return resend(life, step.nth, step.isEdited);
    case 'crowd':
      return crowd(life, step);
  }
}
