// Files of whole catalogues in the simulated shop: five at a time are written, fetched in pieces, and may fail half way.

import { buildSchema, Kind, parse, validate } from 'graphql';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { gid, nextId, type ShopMemory, type SimulatedVariant } from './simulator-memory.ts';
import { SCHEMA } from './simulator-schema.ts';
import { findVariants } from './simulator-search-variants.ts';

/** At most this many are written at once for one app in one shop. */
const AT_ONCE_MAX = 5;
/** Not published; the real one takes minutes for a hundred thousand. */
const VARIANTS_PER_SECOND = 1_000;

type BulkFile = {
  readonly id: string;
  readonly query: string;
  readonly text: Buffer;
  readonly createdAt: Date;
  readonly readyAt: number;
  readonly fails: boolean;
};

export type BulkDesk = ReturnType<typeof createBulkDesk>;

export function createBulkDesk(
  memory: ShopMemory,
  options: { readonly now: () => Date; readonly limited: boolean; readonly address: () => string },
) {
  const files = new Map<string, BulkFile>();
  let failures = 0;
  let occupied: readonly string[] = [];
  const isReady = (file: BulkFile): boolean => options.now().getTime() >= file.readyAt;
  const statusOf = (file: BulkFile): string => {
    if (!isReady(file)) return 'RUNNING';
    return file.fails ? 'FAILED' : 'COMPLETED';
  };
  const toNode = (file: BulkFile) => {
    const status = statusOf(file);
    const url = `${options.address()}/bulk/${file.id}.jsonl`;
    return {
      __typename: 'BulkOperation',
      id: gid('BulkOperation', file.id),
      status,
      type: 'QUERY',
      query: file.query,
      createdAt: file.createdAt.toISOString(),
      url: status === 'COMPLETED' && file.text.length > 0 ? url : null,
      partialDataUrl: status === 'FAILED' ? url : null,
      errorCode: status === 'FAILED' ? 'INTERNAL_SERVER_ERROR' : null,
    };
  };
  const refused = (message: string, code: string, field: readonly string[] | null) => ({
    bulkOperation: null,
    userErrors: [{ message, code, field }],
  });
  return {
    /** Other readings of this app write so many files all the time. */
    occupy: (count: number): void => {
      occupied = Array.from({ length: count }, () => gid('BulkOperation', nextId(memory)));
    },
    /** The next file breaks off in the middle. */
    failNext: (): void => {
      failures += 1;
    },
    fields: {
      bulkOperation: ({ id }: { readonly id: string }) => {
        const file = files.get(id.slice(id.lastIndexOf('/') + 1));
        return file === undefined ? null : toNode(file);
      },
      bulkOperationRunQuery: ({ query }: { readonly query: string }) => {
        const search = searchOf(query);
        if (search === null)
          return refused('Bulk queries must contain at least one connection.', 'INVALID', ['query']);
        const running = [...files.values()]
          .filter((file) => !isReady(file))
          .map(({ id }) => gid('BulkOperation', id));
        const all = [...occupied, ...running];
        if (all.length >= AT_ONCE_MAX) {
          const message = `A bulk query operation for this app and shop is already in progress: ${all.join(', ')}.`;
          return refused(message, 'OPERATION_IN_PROGRESS', null);
        }
        const fails = failures > 0;
        if (fails) failures -= 1;
        const rows = findVariants(memory, search).map((variant) => lineOf(memory, variant));
        const written = fails ? rows.slice(0, rows.length / 2) : rows;
        const createdAt = options.now();
        const takesMs = options.limited ? (rows.length / VARIANTS_PER_SECOND) * 1_000 : 0;
        const file: BulkFile = {
          id: nextId(memory),
          query,
          text: Buffer.from(written.map((row) => `${row}\n`).join('')),
          createdAt,
          readyAt: createdAt.getTime() + takesMs,
          fails,
        };
        files.set(file.id, file);
        return { bulkOperation: toNode(file), userErrors: [] };
      },
    },
    download: (request: SimulationRequest) => download(files, request),
  };
}

function lineOf(memory: ShopMemory, variant: SimulatedVariant): string {
  const product = memory.products.get(variant.productId);
  return JSON.stringify({
    id: gid('ProductVariant', variant.id),
    legacyResourceId: variant.id,
    sku: variant.sku,
    title: variant.title,
    updatedAt: variant.updatedAt,
    requiresComponents: variant.requiresComponents,
    product: { title: product?.title, status: product?.status },
    inventoryItem: { id: gid('InventoryItem', variant.itemId), tracked: variant.tracked },
  });
}

/** The file's own server: no token is asked for, and a part is given when a part is wanted. */
function download(files: ReadonlyMap<string, BulkFile>, request: SimulationRequest): SimulationAnswer {
  const id = /^\/bulk\/(\d+)\.jsonl$/.exec(request.url.pathname)?.[1];
  const file = files.get(id ?? '');
  if (file === undefined) return { status: 404, body: 'No such file.' };
  if (request.headers['x-shopify-access-token'] !== undefined)
    return { status: 400, body: 'A token has no place here.' };
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers['range'] ?? '');
  if (range === null) return { status: 200, body: file.text };
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, file.text.length)];
  if (start >= file.text.length) return { status: 416, body: '' };
  return {
    status: 206,
    headers: { 'content-range': `bytes ${start}-${end - 1}/${file.text.length}` },
    body: file.text.subarray(start, end),
  };
}

const schema = buildSchema(SCHEMA);

/** The search of the one list that may be asked for; null when there is none. */
function searchOf(query: string): string | null {
  try {
    const document = parse(query);
    if (validate(schema, document).length > 0) return null;
    const [operation] = document.definitions;
    const field =
      operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined;
    if (field?.kind !== Kind.FIELD || field.name.value !== 'productVariants') return null;
    const value = field.arguments?.find(({ name }) => name.value === 'query')?.value;
    return value?.kind === Kind.STRING ? value.value : '';
  } catch {
    return null;
  }
}
