// Holds this channel and its simulated shop to the official schemas, recorded answers and webhook samples.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  isSpecifiedDirective,
  parse,
  validate,
} from 'graphql';
import { SPECS_MISSING, specsDirectory } from '../../../test/support/specs.ts';
import { bulkVariants, operations } from './documents.ts';
import { PAGE_MAX } from './manifest.ts';
import { QUERY_COST_MAX, requestedCost } from './simulator-cost.ts';
import { SCHEMA } from './simulator-schema.ts';
import { TOPICS } from './webhook.ts';

const specs = specsDirectory();
const folder = join(specs ?? '', 'shopify');
const title = (text: string): string => (specs === null ? `${text} (${SPECS_MISSING})` : text);
const describeWithSpecs = specs === null ? describe.skip : describe;

// Assumed valid: the official schema breaks a rule of the GraphQL specification in six places that we do not use.
const readSchema = (version: string): GraphQLSchema =>
  buildSchema(
    gunzipSync(readFileSync(join(folder, `admin_${version}.full.schema.graphql.gz`))).toString('utf8'),
    { assumeValid: true },
  );

describeWithSpecs(title('the official schemas'), () => {
  let official: Record<'2026-10' | '2026-07', GraphQLSchema>;
  // Not earlier: the body of a skipped suite runs all the same.
  beforeAll(() => {
    official = { '2026-10': readSchema('2026-10'), '2026-07': readSchema('2026-07') };
  });

  it.each(operations.map(({ name, document }) => [name, document]))(
    '%s is valid in both stored versions and in the simulated shop',
    (_name, document) => {
      for (const schema of [...Object.values(official), buildSchema(SCHEMA)]) {
        expect(validate(schema, parse(document))).toEqual([]);
      }
    },
  );

  it('the query that writes a catalogue into a file is valid, with one connection', () => {
    const document = parse(bulkVariants('product_status:ACTIVE'));
    for (const schema of [...Object.values(official), buildSchema(SCHEMA)]) {
      expect(validate(schema, document)).toEqual([]);
    }
  });

  // The simulated shop executes its schema, so every answer has that schema's types; and the schema is a part of the
  // official one, type by type. So every answer conforms to the official schema.
  const ours = buildSchema(SCHEMA);
  const types = Object.values(ours.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  it.each(types.map((type) => [type.name, type] as const))(
    'the simulated shop’s %s is the official one',
    (name, type) => {
      const original = official['2026-10'].getType(name);
      expect(original).toBeDefined();
      expect(differences(type, original as GraphQLNamedType)).toEqual([]);
    },
  );

  it('the simulated shop’s directives are the official ones', () => {
    for (const directive of ours.getDirectives().filter((one) => !isSpecifiedDirective(one))) {
      const original = official['2026-10'].getDirective(directive.name);
      expect(directive.locations).toEqual(original?.locations);
      expect(directive.args.map(({ name, type }) => `${name}: ${type}`)).toEqual(
        original?.args.map(({ name, type }) => `${name}: ${type}`),
      );
    }
  });

  it('every webhook topic that is registered exists', () => {
    const topics = official['2026-10'].getType('WebhookSubscriptionTopic');
    const names = isEnumType(topics) ? topics.getValues().map(({ name }) => name) : [];
    expect(names).toEqual(expect.arrayContaining(Object.keys(TOPICS)));
  });
});

describe('every operation', () => {
  const schema = buildSchema(SCHEMA);
  it.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s is named as it says and costs at most what the limiter is told, and less than one query may',
    (name, { document, cost }) => {
      expect(document).toContain(` ${name}`);
      const lawful = requestedCost(schema, parse(document), { first: PAGE_MAX });
      expect(cost).toBeGreaterThanOrEqual(lawful);
      expect(cost).toBeLessThanOrEqual(lawful + 15);
      expect(lawful).toBeLessThanOrEqual(QUERY_COST_MAX);
    },
  );
});

/** What our type has that the official one has not, or has otherwise. */
function differences(ours: GraphQLNamedType, official: GraphQLNamedType): string[] {
  if (ours.constructor.name !== official.constructor.name) return [`${ours.name} is of another kind`];
  if (isEnumType(ours) && isEnumType(official)) {
    const known = official.getValues().map(({ name }) => name);
    return ours
      .getValues()
      .map(({ name }) => name)
      .filter((name) => !known.includes(name));
  }
  if (isInputObjectType(ours) && isInputObjectType(official)) {
    const [mine, theirs] = [ours.getFields(), official.getFields()];
    const forgotten = Object.values(theirs).filter(
      (field) => isRequiredInputField(field) && !(field.name in mine),
    );
    return [
      ...Object.values(mine).filter((field) => !isSame(field.type, theirs[field.name]?.type)),
      ...forgotten,
    ].map(({ name }) => `${ours.name}.${name}`);
  }
  if (
    (isObjectType(ours) || isInterfaceType(ours)) &&
    (isObjectType(official) || isInterfaceType(official))
  ) {
    const theirs = official.getFields();
    const interfaces = official.getInterfaces().map(({ name }) => name);
    return [
      ...ours
        .getInterfaces()
        .filter(({ name }) => !interfaces.includes(name))
        .map(({ name }) => `${ours.name} is no ${name}`),
      ...Object.values(ours.getFields()).flatMap((field) => {
        const other = theirs[field.name];
        if (other === undefined || String(field.type) !== String(other.type))
          return [`${ours.name}.${field.name}`];
        const requiredArguments = other.args.filter(
          (one) => isNonNullType(one.type) && one.defaultValue === undefined && one.default === undefined,
        );
        return [
          ...field.args.filter(
            (one) => !isSame(one.type, other.args.find(({ name }) => name === one.name)?.type),
          ),
          ...requiredArguments.filter((one) => !field.args.some(({ name }) => name === one.name)),
        ].map(({ name }) => `${ours.name}.${field.name}(${name})`);
      }),
    ];
  }
  return [];
}

const isSame = (ours: GraphQLInputType, official: GraphQLInputType | undefined): boolean =>
  String(ours) === String(official);

describeWithSpecs(title('the webhook descriptions'), () => {
  it.each(Object.entries(TOPICS))('%s has every field that is asked for', (topic, fields) => {
    const name = topic.toLowerCase();
    const file = readdirSync(join(folder, 'webhooks/json-schemas')).find(
      (one) => one === `${name}.schema.json`,
    );
    expect(file).toBeDefined();
    const { properties } = JSON.parse(
      readFileSync(join(folder, 'webhooks/json-schemas', file ?? ''), 'utf8'),
    ) as { properties: Record<string, unknown> };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining([...fields]));
  });
});
