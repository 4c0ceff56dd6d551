// What may be a quantity: whole units, bounded, read from whatever a cell holds, with the reason when it is not one.

/** No count of physical units is larger than this; it also keeps every sum exact in a JavaScript number. */
export const QUANTITY_MAX = 1_000_000_000;

export type QuantityReading =
  | { readonly ok: true; readonly quantity: number }
  | { readonly ok: false; readonly problem: string };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WHOLE_NUMBER = /^[+-]?\d{1,15}$/;

/** Reads a whole number of units, negative allowed (the caller decides whether it makes sense). */
export function readQuantity(input: unknown): QuantityReading {
  if (input === null || input === undefined || input === '')
    return { ok: false, problem: 'Fill in the quantity.' };
  const text = typeof input === 'number' ? String(input) : typeof input === 'string' ? input.trim() : null;
  if (text === null) return { ok: false, problem: 'The quantity must be a whole number, such as 12.' };
  if (text === '') return { ok: false, problem: 'Fill in the quantity.' };
  const day = /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?$/.test(text) ? new Date(text.slice(0, 10)) : null;
  if (day !== null && !Number.isNaN(day.getTime())) {
    const words = `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
    return {
      ok: false,
      problem: `${words} is a date, not a quantity. Format the cell as a number (Format › Number › Number) and type the quantity again.`,
    };
  }
  if (!WHOLE_NUMBER.test(text)) {
    return {
      ok: false,
      problem: `"${text.slice(0, 40)}" is not a whole number. Type the quantity as digits only, such as 12.`,
    };
  }
  const quantity = Number(text) + 0; // "-0" becomes 0
  if (Math.abs(quantity) > QUANTITY_MAX) {
    return { ok: false, problem: `${text} is more than ${QUANTITY_MAX} units. Check the quantity.` };
  }
  return { ok: true, quantity: quantity === 0 ? 0 : quantity };
}
