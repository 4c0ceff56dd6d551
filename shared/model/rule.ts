// What a store is told of what can be sold: the rules of a person, applied in this one place.

export type Rule = {
  /** Units that are never offered. */
  readonly keepBack: number;
  /** The part of the rest that is offered, rounded down. */
  readonly sharePercent: number;
  /** Never more than this is shown; null: no such limit. */
  readonly showAtMost: number | null;
  /** The store is told 0, whatever there is. */
  readonly doNotSell: boolean;
};

export const NO_RULE: Rule = { keepBack: 0, sharePercent: 100, showAtMost: null, doNotSell: false };

/**
 * In this order: nothing at all where it is not to be sold; else available, less what is kept back, of that the share,
 * rounded down, at most what is to be shown, at most what the shop can take. Never less than 0.
 */
export function toldQuantity(available: number, rule: Rule, channelMax: number): number {
  if (rule.doNotSell) return 0;
  const offered = Math.max(0, available - rule.keepBack);
  // Whole numbers first: 0.29 × 100 is less than 29 to a computer.
  const share = Math.floor((offered * rule.sharePercent) / 100);
  return Math.min(share, rule.showAtMost ?? channelMax, channelMax);
}

/** Such as "keeps 5 back, offers 50 % of the rest"; empty when the rule changes nothing. */
export function describeRule(rule: Rule): string {
  if (rule.doNotSell) return 'is not to sell it';
  if (rule.sharePercent === 0 || rule.showAtMost === 0) return 'shows 0, whatever there is';
  const steps = [
    rule.keepBack === 0 ? '' : `keeps ${rule.keepBack} back`,
    rule.sharePercent === 100
      ? ''
      : `offers ${rule.sharePercent} %${rule.keepBack === 0 ? '' : ' of the rest'}, rounded down`,
    rule.showAtMost === null ? '' : `shows at most ${rule.showAtMost}`,
  ];
  return steps.filter((step) => step !== '').join(', ');
}
