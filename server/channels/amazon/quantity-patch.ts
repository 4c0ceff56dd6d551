// The one change this channel makes to a listing: its merchant-fulfilled quantity, merged so that everything else stays.

/** `replace` would wipe the handling time; the channel code is what tells merchant stock from FBA. */
export const quantityPatches = (quantity: number) => [
  {
    op: 'merge',
    path: '/attributes/fulfillment_availability',
    value: [{ fulfillment_channel_code: 'DEFAULT', quantity }],
  },
];

export const patchRequest = (quantity: number) => ({
  productType: 'PRODUCT',
  patches: quantityPatches(quantity),
});

export type QuantityChange = { readonly sku: string; readonly quantity: number };

/** A JSON_LISTINGS_FEED; the number of a message is its place, counted from 1. */
export const feedOf = (sellerId: string, changes: readonly QuantityChange[]) => ({
  header: { sellerId, version: '2.0', issueLocale: 'en_US' },
  messages: changes.map(({ sku, quantity }, index) => ({
    messageId: index + 1,
    sku,
    operationType: 'PATCH',
    ...patchRequest(quantity),
  })),
});
