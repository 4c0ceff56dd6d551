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

export type Marketplace = {
  readonly country: string;
  readonly id: string;
  readonly region: Region;
  /** Where its sellers log in, and allow apps in. */
  readonly sellerCentral: string;
};

const marketplace = (country: string, id: string, region: Region, host: string): Marketplace => ({
  country,
  id,
  region,
  sellerCentral: `https://${host}`,
});

const AMERICA = 'sellercentral.amazon.com';
const EUROPE = 'sellercentral-europe.amazon.com';

export const MARKETPLACES: readonly Marketplace[] = [
  marketplace('US', 'ATVPDKIKX0DER', 'na', AMERICA),
  marketplace('CA', 'A2EUQ1WTGCTBG2', 'na', 'sellercentral.amazon.ca'),
  marketplace('MX', 'A1AM78C64UM0Y8', 'na', 'sellercentral.amazon.com.mx'),
  marketplace('BR', 'A2Q3Y263D00KWC', 'na', 'sellercentral.amazon.com.br'),
  marketplace('UK', 'A1F83G8C2ARO7P', 'eu', EUROPE),
  marketplace('DE', 'A1PA6795UKMFR9', 'eu', EUROPE),
  marketplace('FR', 'A13V1IB3VIYZZH', 'eu', EUROPE),
  marketplace('IT', 'APJ6JRA9NG5V4', 'eu', EUROPE),
  marketplace('ES', 'A1RKKUPIHCS9HS', 'eu', EUROPE),
  marketplace('NL', 'A1805IZSGTT6HS', 'eu', 'sellercentral.amazon.nl'),
  marketplace('PL', 'A1C3SOZRARQ6R3', 'eu', 'sellercentral.amazon.pl'),
  marketplace('SE', 'A2NODRKZP88ZB9', 'eu', 'sellercentral.amazon.se'),
  marketplace('BE', 'AMEN7PMS3EDWL', 'eu', 'sellercentral.amazon.com.be'),
  marketplace('IE', 'A28R8C7NBKEWEA', 'eu', 'sellercentral.amazon.ie'),
  marketplace('TR', 'A33AVAJ2PDY3EV', 'eu', 'sellercentral.amazon.com.tr'),
  marketplace('IN', 'A21TJRUUN4KGV', 'eu', 'sellercentral.amazon.in'),
  marketplace('JP', 'A1VC38T7YXB528', 'fe', 'sellercentral.amazon.co.jp'),
];
