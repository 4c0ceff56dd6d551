// Reads variations: all at once where the shop can (10.3 and later), and product by product where it cannot.

import * as z from 'zod';
import { inChunks, inTurns } from '../../net/in-turns.ts';
import type { Query, WooClient } from './client.ts';
import { BATCH_MAX, REQUESTS_AT_ONCE } from './manifest.ts';
import { ShopRefusal } from './refusal.ts';
import { type Variation, variationShape } from './shapes.ts';

export type VariationId = { readonly parentId: number; readonly id: number };
/** Those that exist, in any order. */
export type ReadVariations = (ids: readonly VariationId[]) => Promise<readonly Variation[]>;

const FIELDS = 'id,parent_id,name,status,sku,manage_stock,stock_quantity,attributes,date_modified_gmt';

export function createVariationReader(client: WooClient): ReadVariations {
  /** Learnt from the first answer; a shop is updated rarely, and each job asks anew. */
  let hasOneRoute = true;

  async function readAtOnce(ids: readonly VariationId[]): Promise<readonly Variation[]> {
    const pages = await inTurns(inChunks(ids, BATCH_MAX), REQUESTS_AT_ONCE, (chunk) =>
      client.get('/wc/v3/variations', including(chunk), z.array(variationShape)),
    );
    return pages.flat();
  }

  async function readByParent(ids: readonly VariationId[]): Promise<readonly Variation[]> {
    const families = new Map<number, VariationId[]>();
    for (const id of ids) families.set(id.parentId, [...(families.get(id.parentId) ?? []), id]);
    const chunks = [...families].flatMap(([parentId, members]) =>
      inChunks(members, BATCH_MAX).map((chunk) => ({ parentId, chunk })),
    );
    const pages = await inTurns(chunks, REQUESTS_AT_ONCE, async ({ parentId, chunk }) => {
      const found = await readChildren(parentId, chunk);
      return found.map((variation) => ({ ...variation, parent_id: parentId }));
    });
    return pages.flat();
  }

  async function readChildren(
    parentId: number,
    chunk: readonly VariationId[],
  ): Promise<readonly Variation[]> {
    try {
      const route = `/wc/v3/products/${parentId}/variations`;
      return await client.get(route, including(chunk), z.array(variationShape));
    } catch (problem) {
      if (problem instanceof ShopRefusal && problem.kind === 'gone') return []; // the parent was deleted
      throw problem;
    }
  }

  return async (ids) => {
    if (ids.length === 0) return [];
    if (hasOneRoute) {
      try {
        return await readAtOnce(ids);
      } catch (problem) {
        if (!(problem instanceof ShopRefusal) || problem.code !== 'rest_no_route') throw problem;
        hasOneRoute = false;
      }
    }
    return readByParent(ids);
  };
}

const including = (ids: readonly VariationId[]): Query => ({
  include: ids.map(({ id }) => id).join(','),
  per_page: BATCH_MAX,
  orderby: 'id',
  order: 'asc',
  _fields: FIELDS,
});
