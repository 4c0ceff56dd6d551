// What holds for all lines of a purchase order: supplier, currency, and how freight and fees are spread.

import { coinOf, decimalsOf, parseMoney, showMoney } from '../../shared/model/money.ts';
import type { DeliveryHead } from './delivery-lines.ts';
import { type DeliveryWork, type Refused, refuse } from './delivery-work.ts';
import type { DeliveryCommand } from './read-delivery.ts';

const isPayable = (amount: string, currency: string): boolean => parseMoney(amount) % coinOf(currency) === 0n;

function inCoins(currency: string): string {
  const decimals = decimalsOf(currency);
  const name = currency === '' ? 'Amounts' : `Amounts in ${currency}`;
  return decimals === 0 ? `${name} have no decimals` : `${name} have at most ${decimals} decimals`;
}

/** Supplier and currency hold for the whole number. */
export function nextHead(
  work: DeliveryWork,
  number: string,
  { supplier, currency, charges, spreadBy }: DeliveryCommand,
): DeliveryHead | Refused {
  const head = work.headOf(number);
  const differs = (ours: string, said: string) =>
    ours !== '' && said !== '' && ours.toLowerCase() !== said.toLowerCase();
  if (differs(head.supplier, supplier)) {
    return refuse('supplier', `${number} is from ${head.supplier}. Use another number for ${supplier}.`);
  }
  if (differs(head.currency, currency)) {
    return refuse('currency', `${number} is in ${head.currency}. Use another number for ${currency}.`);
  }
  const paidIn = head.currency || currency;
  if (charges !== null && !isPayable(charges, paidIn)) {
    return refuse('charges', `${inCoins(paidIn)}, so ${charges} of freight and fees cannot be paid.`);
  }
  // A currency that is named last has to suit what was written before.
  const written = head.currency === paidIn ? [] : [...work.locked.lines.values()];
  const odd = written.find((line) => line.number === number && !isPayable(line.charges, paidIn));
  if (odd !== undefined) {
    return refuse(
      'currency',
      `${inCoins(paidIn)}, but the line of ${odd.sku} has ${showMoney(parseMoney(odd.charges))} of freight and fees.`,
    );
  }
  return {
    number,
    supplier: head.supplier || supplier,
    currency: paidIn,
    spreadBy: spreadBy ?? head.spreadBy,
  };
}
