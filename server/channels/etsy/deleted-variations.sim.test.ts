// Etsy's documents may still hold variations and offers that were deleted: they are none.

import { expect, it } from '@jest/globals';
import { allListings, onShelf, rehearse, stopShopsAfterEach } from '../../../test/contract/rehearsal.ts';
import type { ChannelResponse } from '../../net/channel-http.ts';
import { etsy } from './index.ts';

stopShopsAfterEach();

type Document = { readonly products?: { offerings: object[] }[] };

/** The same answer, as if each listing once had one more variation, and each variation one more offer. */
function withDeleted(response: ChannelResponse): ChannelResponse {
  const body = JSON.parse(response.text);
  const listings: readonly { readonly inventory?: Document }[] = body.results ?? [];
  for (const { products } of [body as Document, ...listings.map(({ inventory }) => inventory ?? {})]) {
    const [first] = products ?? [];
    if (products === undefined || first === undefined) continue;
    const gone = { ...first, sku: 'GONE', is_deleted: true, offerings: [...first.offerings] };
    for (const { offerings } of products) offerings.push({ ...offerings[0], quantity: 3, is_deleted: true });
    products.push(gone);
  }
  return { ...response, text: JSON.stringify(body) };
}

it('deleted variations and offers in Etsy’s answers are not listed, not written back and make no push fail', async () => {
  const { shop, session } = await rehearse(etsy);
  const ids = ['S', 'M'].map((sku) => shop.addProduct({ sku, title: sku, group: 'Tee', quantity: 5 }));
  const plain = session();
  const channel = etsy.open({
    ...plain,
    credentials: plain.credentials,
    http: {
      ...plain.http,
      send: async (request, judge) => withDeleted(await plain.http.send(request, judge)),
    },
  });
  const listings = await allListings(channel);
  expect(listings.map(({ sku }) => sku)).toEqual(['S', 'M']);
  const targets = listings.map(({ remoteId, handle }) => ({ remoteId, handle, quantity: 8, expected: 5 }));
  expect(await channel.setAvailable(targets, 'key')).toMatchObject([
    { kind: 'accepted' },
    { kind: 'accepted' },
  ]);
  expect(ids.map((id) => onShelf(shop, id))).toEqual([8, 8]);
});
