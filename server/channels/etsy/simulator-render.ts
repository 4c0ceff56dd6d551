// The simulated shop's things as Etsy's API shows them.

import type { ShopListing, ShopReceipt, ShopTransaction, ShopValue } from './simulator-memory.ts';

export const SHOP = { id: 55_555_555, userId: 12_345_678, name: 'RehearsalShop' };
const BUYER_ID = 222;
const TAXONOMY_ID = 482;
const LIFE_S = 4 * 30 * 24 * 3_600;

const money = (cents: number) => ({ amount: cents, divisor: 100, currency_code: 'USD' });

const renderValue = (value: ShopValue) => ({
  property_id: value.propertyId,
  property_name: value.propertyName,
  scale_id: null,
  scale_name: null,
  value_ids: [value.valueId],
  values: [value.value],
});

export const renderInventory = (listing: ShopListing) => ({
  products: listing.products.map((product) => ({
    product_id: product.productId,
    sku: product.sku,
    is_deleted: false,
    offerings: [
      {
        offering_id: product.offeringId,
        quantity: product.quantity,
        is_enabled: product.isEnabled,
        is_deleted: false,
        price: money(product.priceCents),
        readiness_state_id: product.readinessId,
      },
    ],
    property_values: product.values.map(renderValue),
  })),
  price_on_property: listing.priceOn,
  quantity_on_property: listing.quantityOn,
  sku_on_property: listing.skuOn,
  readiness_state_on_property: listing.readinessOn,
});

export function renderListing(listing: ShopListing) {
  const { createdAt, modifiedAt } = listing;
  return {
    listing_id: listing.id,
    user_id: SHOP.userId,
    shop_id: SHOP.id,
    title: listing.title,
    description: listing.title,
    state: listing.state,
    creation_timestamp: createdAt,
    created_timestamp: createdAt,
    ending_timestamp: createdAt + LIFE_S,
    original_creation_timestamp: createdAt,
    last_modified_timestamp: modifiedAt,
    updated_timestamp: modifiedAt,
    state_timestamp: modifiedAt,
    quantity: listing.products.reduce((sum, { quantity }) => sum + quantity, 0),
    shop_section_id: null,
    url: `https://www.etsy.com/listing/${listing.id}`,
    listing_type: listing.type,
    tags: [],
    materials: [],
    who_made: 'i_did',
    when_made: 'made_to_order',
    has_variations: listing.products.some(({ values }) => values.length > 0),
    should_auto_renew: true,
    price: money(listing.products[0]?.priceCents ?? 0),
    taxonomy_id: TAXONOMY_ID,
  };
}

function renderTransaction(receipt: ShopReceipt, transaction: ShopTransaction) {
  return {
    transaction_id: transaction.id,
    title: transaction.title,
    description: '',
    seller_user_id: SHOP.userId,
    buyer_user_id: BUYER_ID,
    create_timestamp: receipt.createdAt,
    created_timestamp: receipt.createdAt,
    paid_timestamp: receipt.createdAt,
    shipped_timestamp: transaction.shippedAt,
    quantity: transaction.quantity,
    receipt_id: receipt.id,
    is_digital: transaction.isDigital,
    file_data: '',
    listing_id: transaction.listingId,
    transaction_type: 'listing',
    product_id: transaction.productId,
    sku: transaction.sku === '' ? null : transaction.sku,
    price: money(UNIT_CENTS),
    shipping_cost: money(0),
    variations: transaction.values.map((value) => ({
      property_id: value.propertyId,
      value_id: value.valueId,
      formatted_name: value.propertyName,
      formatted_value: value.value,
    })),
    product_data: transaction.values.map(renderValue),
  };
}

export const UNIT_CENTS = 2_200;

export function renderReceipt(receipt: ShopReceipt) {
  const total = money(receipt.transactions.reduce((sum, { quantity }) => sum + quantity * UNIT_CENTS, 0));
  return {
    receipt_id: receipt.id,
    receipt_type: 0,
    seller_user_id: SHOP.userId,
    seller_email: null,
    buyer_user_id: BUYER_ID,
    buyer_email: null,
    name: 'Rehearsal Buyer',
    status: receipt.status,
    payment_method: 'cc',
    is_paid: true,
    is_shipped: receipt.isShipped,
    create_timestamp: receipt.createdAt,
    created_timestamp: receipt.createdAt,
    update_timestamp: receipt.updatedAt,
    updated_timestamp: receipt.updatedAt,
    is_gift: false,
    gift_message: '',
    grandtotal: total,
    subtotal: total,
    total_price: total,
    shipments: receipt.shipments.map(({ id, at }) => ({
      receipt_shipping_id: id,
      shipment_notification_timestamp: at,
      carrier_name: 'usps',
      tracking_code: `9400${id}`,
    })),
    transactions: receipt.transactions.map((transaction) => renderTransaction(receipt, transaction)),
    refunds: receipt.refunds.map(({ cents, at }) => ({
      amount: money(cents),
      created_timestamp: at,
      reason: 'refund',
      note_from_issuer: null,
      status: 'unposted',
    })),
  };
}
