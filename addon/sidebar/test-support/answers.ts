// What a server answers, as the screens of several tests need it.

import { ago } from './fake-google.ts';

const move = (change: object) => ({
  seq: 1,
  at: ago(60 * 24 * 60),
  warehouse: 'Main',
  inStockChange: 0,
  bookedChange: 0,
  inStockAfter: 0,
  bookedAfter: 0,
  cause: 'adjustment',
  reference: '',
  note: '',
  actor: '',
  ...change,
});
export const EXPLAINED = {
  sku: 'BLUEJEANSM',
  title: 'Blue Jeans – Medium',
  version: 6,
  at: null,
  atDay: null,
  sentence: '50 in stock − 4 booked = 46 available.',
  inStock: 50,
  booked: 4,
  incoming: 0,
  available: 46,
  // More changes than come along one by one: the sums are the server's, not of what is listed here.
  groups: [
    { group: 'opening', moves: 1, inStock: 38, booked: 0, incoming: 0 },
    { group: 'received', moves: 3, inStock: 90, booked: 0, incoming: -30 },
    { group: 'adjusted', moves: 1, inStock: 1, booked: 0, incoming: 0 },
    { group: 'sent to customers', moves: 41, inStock: -79, booked: -79, incoming: 0 },
    { group: 'booked by orders', moves: 43, inStock: 0, booked: 83, incoming: 0 },
    { group: 'ordered from suppliers', moves: 1, inStock: 0, booked: 0, incoming: 30 },
  ],
  parts: [],
  partOf: [],
  series: [
    { day: '2026-08-01', inStock: null, booked: 0, available: null },
    { day: '2026-08-02', inStock: 38, booked: 0, available: 38 },
    { day: '2026-08-03', inStock: 68, booked: 9, available: 59 },
    { day: '2026-08-04', inStock: 50, booked: 4, available: 46 },
  ],
  balances: [],
  moves: [
    move({ at: ago(8), cause: 'order placed', bookedChange: 4, inStockAfter: 50, reference: 'Etsy 3391' }),
    move({ at: ago(60 * 24 * 9), cause: 'adjustment', inStockChange: 1, inStockAfter: 50, note: 'returned' }),
    move({
      at: ago(60 * 24 * 20),
      cause: 'order fulfilled',
      inStockChange: -12,
      inStockAfter: 49,
      reference: 'Shopify #1017',
    }),
    move({
      at: ago(60 * 24 * 30),
      cause: 'order fulfilled',
      inStockChange: -7,
      inStockAfter: 61,
      reference: 'Shopify #1001',
    }),
    move({
      at: ago(60 * 24 * 50),
      cause: 'purchase received',
      inStockChange: 30,
      inStockAfter: 68,
      reference: 'PO-104',
    }),
    move({ cause: 'opening', inStockChange: 38, inStockAfter: 38, note: 'copied from Denim Corner' }),
  ],
  movesLeftOff: 84,
  bookings: [
    { store: 'Shopify', order: '#1042', line: '1', booked: 2, bundle: null, placedAt: ago(20) },
    { store: 'Etsy', order: '3391', line: '1', booked: 2, bundle: null, placedAt: ago(8) },
  ],
  listings: [
    {
      store: 'Denim Corner',
      title: 'Medium',
      remoteId: 'a',
      location: 'Shop floor',
      available: 46,
      rule: null,
      shouldShow: 46,
      lastTold: 46,
      lastToldAt: ago(3),
      expected: 46,
      owed: false,
      problem: null,
    },
    {
      store: 'DenimCornerVintage',
      title: 'Jeans M',
      remoteId: 'b',
      location: null,
      available: 46,
      rule: null,
      shouldShow: 46,
      lastTold: 46,
      lastToldAt: ago(9),
      expected: 43,
      owed: true,
      problem: 'Shows 43 where 46 was expected.',
    },
  ],
  pushes: [],
};

export const CHANNELS = {
  channels: [
    {
      id: 'a',
      label: 'Shopify',
      credentialFields: [
        {
          key: 'shop',
          label: 'Shop address',
          help: 'Such as denim.myshopify.com',
          secret: false,
          required: true,
          placeholder: 'denim.myshopify.com',
        },
        {
          key: 'token',
          label: 'Access token',
          help: 'Settings › Apps › Develop apps',
          secret: true,
          required: true,
          placeholder: '',
        },
      ],
      settingFields: [],
      authorization: null,
      drafts: true,
      locations: true,
    },
    {
      id: 'b',
      label: 'Etsy',
      credentialFields: [
        { key: 'key', label: 'Keystring', help: '', secret: false, required: true, placeholder: '' },
        { key: 'token', label: 'Token', help: '', secret: true, required: true, placeholder: '' },
      ],
      settingFields: [],
      authorization: {
        needs: ['key'],
        gives: ['token'],
        redirectUri: 'https://stock.example.com/connect/etsy/callback' as string | null,
      },
      drafts: true,
      locations: false,
    },
  ],
};

export const WAREHOUSES = { warehouses: [{ id: 'main', name: 'Main', archived: false, serves: [] }] };
