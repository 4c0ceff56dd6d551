// Amounts of money: exact decimals, read from cells as typed and never turned into a floating-point number.

/** An amount in ten-thousandths of the currency's unit, so that a unit cost of 0.0125 is exact. */
export type Money = bigint;

export const MONEY_DECIMALS = 4;
const PER_UNIT = 10_000n;
const PER_CENT = 100n;

export type MoneyReading =
  | { readonly ok: true; readonly money: Money }
  | { readonly ok: false; readonly problem: string };

/** `decimalsMax`: 2 for amounts that are paid, 4 for the cost of one unit. */
export function readMoney(input: unknown, decimalsMax: 2 | 4): MoneyReading {
  const text = typeof input === 'number' ? String(input) : typeof input === 'string' ? input.trim() : '';
  const [, whole, decimals = ''] = /^(\d{1,11})(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  const fits = whole !== undefined && decimals.replace(/0+$/, '').length <= decimalsMax;
  if (!fits) {
    const problem = `"${String(input).slice(0, 40)}" is not an amount. Type digits with a point and at most ${decimalsMax} decimals, such as 12.50.`;
    return { ok: false, problem };
  }
  return { ok: true, money: BigInt(whole) * PER_UNIT + BigInt(decimals.padEnd(MONEY_DECIMALS, '0')) };
}

/** As it is stored and shown: 12.5 → "12.50", 0.0125 → "0.0125". */
export function showMoney(money: Money): string {
  const sign = money < 0n ? '-' : '';
  const digits = String(money < 0n ? -money : money).padStart(MONEY_DECIMALS + 1, '0');
  const whole = digits.slice(0, -MONEY_DECIMALS);
  const decimals = digits.slice(-MONEY_DECIMALS).replace(/0{1,2}$/, '');
  return `${sign}${whole}.${decimals}`;
}

/** Reads what the database or showMoney wrote. */
export function parseMoney(text: string): Money {
  const [whole = '0', decimals = ''] = text.split('.');
  return BigInt(whole) * PER_UNIT + BigInt(decimals.padEnd(MONEY_DECIMALS, '0').slice(0, MONEY_DECIMALS));
}

/**
 * Shares an amount of whole cents by weight, to the cent: everybody gets the whole cents of their share, and the cents left
 * over go to those who lost most by rounding, the first of equals first. Without any weight all count alike.
 */
export function shareByWeight(amount: Money, weights: readonly bigint[]): readonly Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) {
    return weights.length === 0
      ? []
      : shareByWeight(
          amount,
          weights.map(() => 1n),
        );
  }
  const cents = amount / PER_CENT;
  const shares = weights.map((weight) => (cents * weight) / total);
  const left = cents - shares.reduce((sum, share) => sum + share, 0n);
  const byLoss = weights
    .map((weight, index) => ({ index, loss: (cents * weight) % total }))
    .sort((a, b) => (a.loss === b.loss ? a.index - b.index : a.loss > b.loss ? -1 : 1));
  for (const { index } of byLoss.slice(0, Number(left))) shares[index] = (shares[index] ?? 0n) + 1n;
  return shares.map((share) => share * PER_CENT);
}

export type CostLine = { readonly unitCost: Money | null; readonly units: number };

/** What each line costs with its share of freight and fees: in all, and for one unit (to the ten-thousandth). */
export function landedCosts(
  lines: readonly CostLine[],
  charges: Money,
  spreadBy: 'value' | 'quantity',
): readonly { readonly total: Money; readonly perUnit: Money | null }[] {
  const values = lines.map(({ unitCost, units }) => (unitCost ?? 0n) * BigInt(units));
  const weights = spreadBy === 'value' ? values : lines.map(({ units }) => BigInt(units));
  const shares = shareByWeight(charges, weights);
  return lines.map(({ units }, index) => {
    const total = (values[index] ?? 0n) + (shares[index] ?? 0n);
    return { total, perUnit: units === 0 ? null : (total * 2n + BigInt(units)) / (BigInt(units) * 2n) };
  });
}
