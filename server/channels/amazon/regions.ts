// Amazon's regions and marketplaces, as data: one authorization is good for the marketplaces of one region.

export const REGIONS = ['na', 'eu', 'fe'] as const;
export type Region = (typeof REGIONS)[number];

export const ENDPOINTS: Readonly<Record<Region, string>> = {
  na: 'https://sellingpartnerapi-na.amazon.com',
  eu: 'https://sellingpartnerapi-eu.amazon.com',
  fe: 'https://sellingpartnerapi-fe.amazon.com',
};

/** "Login with Amazon", where access tokens come from. */
export const LOGIN_ENDPOINT = 'https://api.amazon.com';

export type Marketplace = { readonly country: string; readonly id: string; readonly region: Region };

const marketplace = (country: string, id: string, region: Region): Marketplace => ({ country, id, region });

export const MARKETPLACES: readonly Marketplace[] = [
  marketplace('US', 'ATVPDKIKX0DER', 'na'),
  marketplace('CA', 'A2EUQ1WTGCTBG2', 'na'),
  marketplace('MX', 'A1AM78C64UM0Y8', 'na'),
  marketplace('BR', 'A2Q3Y263D00KWC', 'na'),
  marketplace('UK', 'A1F83G8C2ARO7P', 'eu'),
  marketplace('DE', 'A1PA6795UKMFR9', 'eu'),
  marketplace('FR', 'A13V1IB3VIYZZH', 'eu'),
  marketplace('IT', 'APJ6JRA9NG5V4', 'eu'),
  marketplace('ES', 'A1RKKUPIHCS9HS', 'eu'),
  marketplace('NL', 'A1805IZSGTT6HS', 'eu'),
  marketplace('PL', 'A1C3SOZRARQ6R3', 'eu'),
  marketplace('SE', 'A2NODRKZP88ZB9', 'eu'),
  marketplace('BE', 'AMEN7PMS3EDWL', 'eu'),
  marketplace('IE', 'A28R8C7NBKEWEA', 'eu'),
  marketplace('TR', 'A33AVAJ2PDY3EV', 'eu'),
  marketplace('IN', 'A21TJRUUN4KGV', 'eu'),
  marketplace('JP', 'A1VC38T7YXB528', 'fe'),
];
