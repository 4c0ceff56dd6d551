// SpreadsheetApp.ConditionalFormatRule: colours that follow the values. Kept as the Sheets API has them.

import type { ServiceWorld } from './service-world.ts';

type HasPlace = {
  readonly getGridId: () => number;
  readonly getRow: () => number;
  readonly getColumn: () => number;
  readonly getNumRows: () => number;
  readonly getNumColumns: () => number;
};

type Rule = {
  ranges: object[];
  condition: { type: string; values: { userEnteredValue: string }[] } | null;
  format: { backgroundColorStyle?: object; textFormat?: Record<string, unknown> };
};

export function createConditionalRuleBuilder(world: ServiceWorld, from?: Rule) {
  const rule: Rule = from ?? { ranges: [], condition: null, format: {} };
  const when =
    (type: string) =>
    (...values: readonly unknown[]) => {
      rule.condition = { type, values: values.map((value) => ({ userEnteredValue: String(value) })) };
      return builder;
    };
  const text = (change: Record<string, unknown>) => {
    rule.format.textFormat = { ...rule.format.textFormat, ...change };
    return builder;
  };
  const builder = {
    whenCellEmpty: when('BLANK'),
    whenCellNotEmpty: when('NOT_BLANK'),
    whenTextEqualTo: when('TEXT_EQ'),
    whenTextContains: when('TEXT_CONTAINS'),
    whenTextDoesNotContain: when('TEXT_NOT_CONTAINS'),
    whenTextStartsWith: when('TEXT_STARTS_WITH'),
    whenNumberLessThan: when('NUMBER_LESS'),
    whenNumberLessThanOrEqualTo: when('NUMBER_LESS_THAN_EQ'),
    whenNumberGreaterThan: when('NUMBER_GREATER'),
    whenNumberGreaterThanOrEqualTo: when('NUMBER_GREATER_THAN_EQ'),
    whenNumberEqualTo: when('NUMBER_EQ'),
    whenNumberBetween: when('NUMBER_BETWEEN'),
    whenFormulaSatisfied: when('CUSTOM_FORMULA'),
    setBackground: (color: unknown) => {
      rule.format.backgroundColorStyle = rgb(world, color);
      return builder;
    },
    setFontColor: (color: unknown) => text({ foregroundColorStyle: rgb(world, color) }),
    setBold: (bold: boolean) => text({ bold: Boolean(bold) }),
    setStrikethrough: (on: boolean) => text({ strikethrough: Boolean(on) }),
    setItalic: (on: boolean) => text({ italic: Boolean(on) }),
    setRanges: (ranges: readonly HasPlace[]) => {
      rule.ranges = ranges.map(toGridRange);
      return builder;
    },
    build: () => {
      if (rule.condition === null || rule.ranges.length === 0)
        throw world.toError('The conditional format rule needs a condition and at least one range.');
      return ruleOf(world, rule);
    },
  };
  return builder;
}

function ruleOf(world: ServiceWorld, rule: Rule) {
  return Object.freeze({
    rule,
    copy: () => createConditionalRuleBuilder(world, structuredClone(rule)),
    getRanges: () => rule.ranges,
    getBooleanCondition: () => ({
      getCriteriaType: () => rule.condition?.type,
      getCriteriaValues: () => rule.condition?.values.map(({ userEnteredValue }) => userEnteredValue),
    }),
  });
}

/** The part of a Sheet that deals with them. */
export function conditionalRules(world: ServiceWorld, tabId: number) {
  return {
    getConditionalFormatRules: () =>
      world.call('shape', tabId).conditionalFormats.map((stored) => {
        const { ranges, booleanRule } = stored as { ranges: object[]; booleanRule?: Omit<Rule, 'ranges'> };
        return ruleOf(world, {
          ranges,
          condition: booleanRule?.condition ?? null,
          format: booleanRule?.format ?? {},
        });
      }),
    setConditionalFormatRules: (rules: readonly { readonly rule: Rule }[]) =>
      world.call(
        'setConditionalRules',
        tabId,
        rules.map(({ rule: { ranges, condition, format } }) => ({
          ranges,
          booleanRule: { condition, format },
        })),
      ),
    clearConditionalFormatRules: () => world.call('setConditionalRules', tabId, []),
  };
}

const toGridRange = (range: HasPlace): object => ({
  sheetId: range.getGridId(),
  startRowIndex: range.getRow() - 1,
  endRowIndex: range.getRow() - 1 + range.getNumRows(),
  startColumnIndex: range.getColumn() - 1,
  endColumnIndex: range.getColumn() - 1 + range.getNumColumns(),
});

function rgb(world: ServiceWorld, color: unknown): object {
  const digits = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(String(color));
  if (digits === null)
    throw world.toError(`Invalid argument: color. Should be a hex value: ${String(color)}`);
  const [red, green, blue] = digits.slice(1).map((part) => Number.parseInt(part, 16) / 255);
  return { rgbColor: { red, green, blue } };
}
