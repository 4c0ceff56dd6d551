// Fetches the rest of a list that did not fit into the answer that began it.

import type * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ShopifyClient } from './client.ts';
import type { ShopifyOperation } from './documents.ts';

export const VANISHED = 'This order was deleted while it was read.';

export type Page<Node> = { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };

/** `operation` reads on from a cursor in the thing `id`, under the name "items". */
export async function complete<Node>(
  client: ShopifyClient,
  operation: ShopifyOperation,
  answer: z.ZodType<{ node: { items: Page<Node> } | null }>,
  id: string,
  first: Page<Node>,
): Promise<Page<Node>> {
  const nodes = [...first.nodes];
  let { pageInfo } = first;
  while (pageInfo.hasNextPage) {
    const { node } = await client.run(operation, answer, { id, after: pageInfo.endCursor });
    if (node === null) throw new ChannelError('gone', VANISHED);
    nodes.push(...node.items.nodes);
    pageInfo = node.items.pageInfo;
  }
  return { nodes, pageInfo };
}
