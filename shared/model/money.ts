// Amounts of money: exact decimals, read from cells as typed and never turned into a floating-point number.

/** An amount in ten-thousandths of the currency's unit, so that a unit cost of 0.0125 is exact. */
export type Money = bigint;

export const MONEY_DECIMALS = 4;
const PER_UNIT = 10_000n;

/** Decimals of a currency's smallest coin: 2 for EUR, none for JPY, 3 for KWD. 2 where no currency is named. */
export function decimalsOf(currency: string): number {
  if (currency === '') return 2;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** The smallest coin of a currency, in ten-thousandths. */
export const coinOf = (currency: string): Money => 10n ** BigInt(MONEY_DECIMALS - decimalsOf(currency));

export type MoneyReading =
  | { readonly ok: true; readonly money: Money }
  | { readonly ok: false; readonly problem: string };

export function readMoney(input: unknown): MoneyReading {
  const text = typeof input === 'number' ? String(input) : typeof input === 'string' ? input.trim() : '';
  const [, whole, decimals = ''] = /^(\d{1,11})(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  if (whole === undefined) {
    const problem = `"${String(input).slice(0, 40)}" is not an amount. Type digits with a point and at most 4 decimals, such as 12.50.`;
    return { ok: false, problem };
  }
  return { ok: true, money: BigInt(whole) * PER_UNIT + BigInt(decimals.padEnd(MONEY_DECIMALS, '0')) };
}

/** As it is stored and shown, with at least so many decimals: 12.5 → "12.50", 0.0125 → "0.0125". */
export function showMoney(money: Money, decimalsMin = 2): string {
  const sign = money < 0n ? '-' : '';
  const digits = String(money < 0n ? -money : money).padStart(MONEY_DECIMALS + 1, '0');
  const whole = digits.slice(0, -MONEY_DECIMALS);
  const all = digits.slice(-MONEY_DECIMALS);
  const decimals = all.slice(0, Math.max(decimalsMin, all.replace(/0+$/, '').length));
  return decimals === '' ? `${sign}${whole}` : `${sign}${whole}.${decimals}`;
}

/** Reads what the database or showMoney wrote. */
export function parseMoney(text: string): Money {
  const [whole = '0', decimals = ''] = text.split('.');
  return BigInt(whole) * PER_UNIT + BigInt(decimals.padEnd(MONEY_DECIMALS, '0').slice(0, MONEY_DECIMALS));
}

/**
 * Shares an amount by weight, to the coin: everybody gets the whole coins of their share, and the coins left over go to those
 * who lost most by rounding, the first of equals first. Without any weight all count alike. The shares add up to the amount,
 * also when it is not a whole number of coins: then it is shared to the ten-thousandth.
 */
export function shareByWeight(amount: Money, weights: readonly bigint[], coin: Money): readonly Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) {
    return weights.length === 0
      ? []
      : shareByWeight(
          amount,
          weights.map(() => 1n),
          coin,
        );
  }
  const unit = amount % coin === 0n ? coin : 1n;
  const coins = amount / unit;
  const shares = weights.map((weight) => (coins * weight) / total);
  const left = coins - shares.reduce((sum, share) => sum + share, 0n);
  const byLoss = weights
    .map((weight, index) => ({ index, loss: (coins * weight) % total }))
    .sort((a, b) => (a.loss === b.loss ? a.index - b.index : a.loss > b.loss ? -1 : 1));
  for (const { index } of byLoss.slice(0, Number(left))) shares[index] = (shares[index] ?? 0n) + 1n;
  return shares.map((share) => share * unit);
}

export type CostLine = { readonly unitCost: Money | null; readonly units: number };

/** What each line costs with its share of freight and fees: in all, and for one unit (to the ten-thousandth). */
export function landedCosts(
  lines: readonly CostLine[],
  charges: Money,
  spreadBy: 'value' | 'quantity',
  coin: Money,
): readonly { readonly total: Money; readonly perUnit: Money | null }[] {
  const values = lines.map(({ unitCost, units }) => (unitCost ?? 0n) * BigInt(units));
  const weights = spreadBy === 'value' ? values : lines.map(({ units }) => BigInt(units));
  const shares = shareByWeight(charges, weights, coin);
  return lines.map(({ units }, index) => {
    const total = (values[index] ?? 0n) + (shares[index] ?? 0n);
    return { total, perUnit: units === 0 ? null : (total * 2n + BigInt(units)) / (BigInt(units) * 2n) };
  });
}
