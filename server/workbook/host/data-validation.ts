// SpreadsheetApp.DataValidation: dropdowns and tick boxes.

import type { ScriptRule } from './calls.ts';
import type { ServiceWorld } from './service-world.ts';

const LIST_MAX = 500;

export function createValidationBuilder(world: ServiceWorld) {
  let rule: ScriptRule | null = null;
  // Google's default lets wrong values in, with a warning.
  let allowInvalid = true;
  const builder = {
    requireCheckbox: () => {
      rule = { kind: 'tick' };
      return builder;
    },
    requireValueInList: (values: readonly unknown[]) => {
      if (!Array.isArray(values)) throw world.toError('Invalid argument: values');
      if (values.length > LIST_MAX) {
        throw world.toError(`The data validation rule has more than ${LIST_MAX} items.`);
      }
      rule = { kind: 'choice', values: values.map(String), strict: false };
      return builder;
    },
    setAllowInvalid: (allow: boolean) => {
      allowInvalid = Boolean(allow);
      return builder;
    },
    setHelpText: () => builder,
    build: () => {
      if (rule === null) throw world.toError('The data validation rule has no criteria.');
      return validationOf(rule.kind === 'choice' ? { ...rule, strict: !allowInvalid } : rule);
    },
  };
  return builder;
}

export function validationOf(rule: ScriptRule) {
  return Object.freeze({
    rule,
    getAllowInvalid: () => rule.kind === 'choice' && !rule.strict,
    getCriteriaType: () => (rule.kind === 'tick' ? 'CHECKBOX' : 'VALUE_IN_LIST'),
    getCriteriaValues: () => (rule.kind === 'tick' ? [] : [[...rule.values], true]),
    getHelpText: () => null,
  });
}

export function readValidation(world: ServiceWorld, given: unknown): ScriptRule {
  if (typeof given === 'object' && given !== null && 'rule' in given) return given.rule as ScriptRule;
  throw world.toError(
    `The parameters (${typeof given}) don't match the method signature for SpreadsheetApp.Range.setDataValidation.`,
  );
}
