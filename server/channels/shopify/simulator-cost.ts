// What a query costs and the bucket that pays for it, by the law measured on recorded answers (see README.md).

import {
  type DocumentNode,
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

export const BUCKET_POINTS = 2_000;
export const RESTORE_PER_SECOND = 100;
export const QUERY_COST_MAX = 1_000;
const MUTATION_COST = 10;

type Variables = Readonly<Record<string, unknown>>;

/** The most a document can cost: what is reserved before it runs. */
export function requestedCost(schema: GraphQLSchema, document: DocumentNode, variables: Variables): number {
  let total = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = schema.getRootType(definition.operation);
    if (!root) continue;
    const base = definition.operation === 'mutation' ? MUTATION_COST : 0;
    total += base + selectionCost(schema, root, definition.selectionSet, variables);
  }
  return total;
}

function selectionCost(
  schema: GraphQLSchema,
  parent: GraphQLOutputType,
  selections: SelectionSetNode,
  variables: Variables,
): number {
  let total = 0;
  for (const selection of selections.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const type = schema.getType(selection.typeCondition?.name.value ?? '') as GraphQLOutputType;
      total += selectionCost(schema, type, selection.selectionSet, variables);
    } else if (selection.kind === Kind.FIELD) {
      total += fieldCost(schema, parent, selection, variables);
    }
  }
  return total;
}

const FREE = new Set(['pageInfo', 'userErrors']);

function fieldCost(
  schema: GraphQLSchema,
  parent: GraphQLOutputType,
  field: FieldNode,
  variables: Variables,
): number {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return 0;
  const type = getNamedType(parent.getFields()[field.name.value]?.type);
  if (!isCompositeType(type) || isUnionType(type) || FREE.has(field.name.value) || !field.selectionSet)
    return 0;
  const inner = selectionCost(schema, type, field.selectionSet, variables);
  // The payload of a mutation is in its ten points; `nodes` of a connection is counted by the connection.
  if (type.name.endsWith('Payload')) return inner;
  if (type.name.endsWith('Connection')) return connectionCost(pageSize(field, variables), inner);
  const isNodesOfConnection = isObjectType(parent) && parent.name.endsWith('Connection');
  return isNodesOfConnection || field.name.value !== 'nodes' ? 1 + inner : inner;
}

export const connectionCost = (size: number, nodeCost: number): number =>
  size < 1 ? 2 : 2 + Math.max(1, Math.floor(2 * Math.log(size))) * nodeCost;

function pageSize(field: FieldNode, variables: Variables): number {
  const value = field.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  if (value?.kind === Kind.VARIABLE) return Number(variables[value.name.value] ?? 0);
  return 0;
}

export type CostBucket = {
  /** Takes the points, or says that they are not there. */
  readonly take: (points: number) => boolean;
  readonly giveBack: (points: number) => void;
  readonly left: () => number;
};

export function createCostBucket(now: () => Date, limited: boolean): CostBucket {
  let points = BUCKET_POINTS;
  let filledAt = now().getTime();
  const left = (): number => {
    const at = now().getTime();
    points = Math.min(BUCKET_POINTS, points + (Math.max(0, at - filledAt) / 1_000) * RESTORE_PER_SECOND);
    filledAt = at;
    return Math.floor(points);
  };
  return {
    left,
    take: (wanted) => {
      if (!limited) return true;
      if (left() < wanted) return false;
      points -= wanted;
      return true;
    },
    giveBack: (returned) => {
      if (limited) points = Math.min(BUCKET_POINTS, points + returned);
    },
  };
}
