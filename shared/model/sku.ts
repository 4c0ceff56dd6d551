// What may be a SKU. A SKU is text and identity: it is taken exactly as it is written, or refused with the reason.

import type { Sku } from './ids.ts';

export const SKU_LENGTH_MAX = 255;

export type SkuReading =
  | { readonly ok: true; readonly sku: Sku }
  | { readonly ok: false; readonly problem: string };

// Characters that look like nothing on a screen: two SKUs that differ only in them look the same. Halves of characters
// (Cs) would even be the same to the database.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Reads a SKU typed by a person. Nothing is tidied: a blank at an end is refused, not removed. */
export function readSku(input: unknown): SkuReading {
  if (typeof input === 'number') {
    return {
      ok: false,
      problem: `The SKU ${input} is a number here, so leading zeros may be lost. Format the cell as plain text and type the SKU again.`,
    };
  }
  if (typeof input !== 'string' || input.trim() === '') return { ok: false, problem: 'Fill in the SKU.' };
  if (input !== input.trim()) {
    return {
      ok: false,
      problem: `The SKU "${shorten(input)}" begins or ends with a blank. Remove the blank.`,
    };
  }
  if (input.length > SKU_LENGTH_MAX) {
    return {
      ok: false,
      problem: `The SKU is ${input.length} characters long; at most ${SKU_LENGTH_MAX} are possible.`,
    };
  }
  if (INVISIBLE.test(input)) {
    return {
      ok: false,
      problem: `The SKU "${shorten(input.replaceAll(new RegExp(INVISIBLE, 'gu'), '?'))}" contains a character that cannot be seen. Type it again by hand.`,
    };
  }
  return { ok: true, sku: input as Sku };
}

/**
 * Reads a SKU that a store sent. Stores allow blanks around a SKU that nobody sees; those link to the SKU
 * without them, and the note says so wherever the listing is shown. `null` when there is no usable SKU.
 */
export function readStoreSku(input: string | null | undefined): { sku: Sku; note: string | null } | null {
  const trimmed = (input ?? '').trim();
  const reading = readSku(trimmed);
  if (!reading.ok) return null;
  const note =
    trimmed === input ? null : `In the store this SKU has blanks around it; it is linked to "${trimmed}".`;
  return { sku: reading.sku, note };
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
