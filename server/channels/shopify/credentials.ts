// The credentials of a Shopify store: which way of connecting they are, and what is wrong with them in one sentence.

import type { Credentials } from '../manifest.ts';

export type ShopifyCredentials =
  | { readonly kind: 'pasted'; readonly address: string; readonly accessToken: string }
  | {
      readonly kind: 'client';
      readonly address: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | { readonly kind: 'unusable'; readonly problem: string };

const SHOP_ADDRESS = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

export function readCredentials(credentials: Credentials): ShopifyCredentials {
  const shop = (credentials['shop'] ?? '').trim().toLowerCase();
  const [clientId, clientSecret, accessToken] = ['clientId', 'clientSecret', 'accessToken'].map((key) =>
    (credentials[key] ?? '').trim(),
  );
  if (!SHOP_ADDRESS.test(shop)) {
    return {
      kind: 'unusable',
      problem: `"${shop.slice(0, 80)}" is not a shop address. Type the one that ends in .myshopify.com, such as my-shop.myshopify.com.`,
    };
  }
  // Rehearsal shops answer on another address; the egress guard decides whether it may be used.
  const address = (credentials['apiBase'] ?? `https://${shop}`).replace(/\/+$/, '');
  if (accessToken) return { kind: 'pasted', address, accessToken };
  if (clientId && clientSecret) return { kind: 'client', address, clientId, clientSecret };
  return {
    kind: 'unusable',
    problem: 'Fill in the client ID and the client secret of your app, or paste an access token.',
  };
}
