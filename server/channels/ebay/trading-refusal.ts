// What the Trading API's error codes mean for one listing.

import type { Outcome } from './outcome.ts';
import { EbayRefusal, said } from './refusal.ts';
import { speaksOfRevisions } from './revision-budget.ts';
import { childrenOf, numberOf, textOf, type XmlElement } from './xml.ts';

type TradingError = { readonly code: number; readonly message: string };

function errorsOf(root: XmlElement): readonly TradingError[] {
  return childrenOf(root, 'Errors')
    .filter((error) => textOf(error, 'SeverityCode')?.trim() !== 'Warning')
    .map((error) => ({
      code: numberOf(error, 'ErrorCode') ?? 0,
      message: said({
        errorId: numberOf(error, 'ErrorCode'),
        longMessage: textOf(error, 'LongMessage'),
        message: textOf(error, 'ShortMessage'),
      }),
    }));
}

/** eBay's own trouble, and "too many calls in a short time": both pass. */
const PASSING: ReadonlySet<number> = new Set([10007, 21919144]);

/** Of a call that failed as a whole; null when it did not. */
export function refusedByTrading(root: XmlElement): EbayRefusal | null {
  const ack = textOf(root, 'Ack')?.trim();
  if (ack === 'Success' || ack === 'Warning') return null;
  const [first] = errorsOf(root);
  const code = first?.code ?? 0;
  const kind = first === undefined || PASSING.has(code) ? 'transient' : 'rejected';
  return new EbayRefusal(kind, `eBay refused: ${first?.message ?? 'it gave no reason.'}`, 200, code);
}

const MEANINGS: Readonly<Record<number, Outcome>> = {
  17: { kind: 'gone', message: 'eBay no longer has this listing.' },
  291: { kind: 'gone', message: 'This listing has ended.' },
  21916333: { kind: 'gone', message: 'This listing has ended.' },
  21916799: {
    kind: 'rejected',
    message:
      'eBay does not find this SKU in its listing. It takes a variation away that is set to 0 before it ever sold: add it ' +
      'to the listing again in Seller Hub.',
  },
  21919474: {
    kind: 'rejected',
    message:
      'This listing was moved to the Inventory API. It is told the right way after the next refresh of the listings.',
  },
};

/** Of one listing whose revision was refused. */
export function outcomeOf(root: XmlElement): Outcome {
  const [first] = errorsOf(root);
  if (first === undefined) return { kind: 'unknown', message: 'eBay did not answer for this listing.' };
  if (PASSING.has(first.code)) {
    return { kind: 'unknown', message: 'eBay is busy with this listing; it is told again shortly.' };
  }
  if (speaksOfRevisions(first.message)) return { kind: 'revised too often' };
  return (
    MEANINGS[first.code] ?? { kind: 'rejected', message: `eBay refused this quantity: ${first.message}` }
  );
}
