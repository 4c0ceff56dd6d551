// Executes what a client posts to the simulated shop: known documents, their cost, and the words of every refusal.

import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import {
  BUCKET_POINTS,
  type CostBucket,
  QUERY_COST_MAX,
  RESTORE_PER_SECOND,
  requestedCost,
} from './simulator-cost.ts';
import { SCHEMA } from './simulator-schema.ts';

const schema: GraphQLSchema = buildSchema(SCHEMA);

const costExtension = (requested: number, actual: number | null, available: number) => ({
  cost: {
    requestedQueryCost: requested,
    actualQueryCost: actual,
    throttleStatus: {
      maximumAvailable: BUCKET_POINTS,
      currentlyAvailable: available,
      restoreRate: RESTORE_PER_SECOND,
    },
  },
});
export const throttledAnswer = (requested: number, available: number): SimulationAnswer => ({
  status: 200,
  body: {
    errors: [
      {
        message: 'Throttled',
        extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
      },
    ],
    extensions: costExtension(requested, null, available),
  },
});

/** Documents are few and always the same: each is parsed and validated once. */
const known = new Map<string, DocumentNode | readonly GraphQLError[]>();

function readDocument(text: string): DocumentNode | readonly GraphQLError[] {
  const before = known.get(text);
  if (before !== undefined) return before;
  let result: DocumentNode | readonly GraphQLError[];
  try {
    const document = parse(text);
    const problems = validate(schema, document);
    result = problems.length > 0 ? problems : document;
  } catch (problem) {
    result = [problem as GraphQLError];
  }
  known.set(text, result);
  return result;
}

type GraphqlBody = { readonly query?: string; readonly variables?: Readonly<Record<string, unknown>> };

export function runGraphql(root: object, bucket: CostBucket, request: SimulationRequest): SimulationAnswer {
  let body: GraphqlBody;
  try {
    body = JSON.parse(request.body) as GraphqlBody;
  } catch {
    return { status: 400, body: { errors: { query: 'Required parameter missing or invalid' } } };
  }
  const document = readDocument(body.query ?? '');
  if (!('kind' in document)) return { status: 200, body: { errors: document } };
  const variableValues = body.variables ?? {};
  const cost = requestedCost(schema, document, variableValues);
  if (cost > QUERY_COST_MAX) {
    const message = `Query cost is ${cost}, which exceeds the single query max cost limit (${QUERY_COST_MAX}).`;
    return { status: 200, body: { errors: [{ message, extensions: { code: 'MAX_COST_EXCEEDED' } }] } };
  }
  if (!bucket.take(cost)) return throttledAnswer(cost, bucket.left());
  const result = execute({ schema, document, rootValue: root, variableValues });
  if (result instanceof Promise || !('errors' in result || 'data' in result)) {
    return { status: 500, body: 'The simulator answers at once or not at all.' };
  }
  const { data, errors } = result as { data?: unknown; errors?: readonly GraphQLError[] };
  if (data === undefined) {
    const problems = (errors ?? []).map(({ message }) => ({
      message,
      extensions: { code: 'INVALID_VARIABLE' },
    }));
    return { status: 200, body: { errors: problems } };
  }
  const extensions = costExtension(cost, cost, bucket.left());
  return { status: 200, body: errors === undefined ? { data, extensions } : { errors, data, extensions } };
}
