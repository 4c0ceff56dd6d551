// Looks at a store before it is connected, and from time to time after: permissions, locations, API version, signed webhooks.

import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession, CheckReport, Finding } from '../channel.ts';
import { type ShopifyLocation, shopAnswer } from './answers.ts';
import type { ShopifyClient } from './client.ts';
import { readCredentials } from './credentials.ts';
import { LOOK_AT_SHOP } from './documents.ts';
import { listLocations, ownedAmong } from './locations.ts';
import { API_VERSION } from './manifest.ts';
import { RETURNS_SCOPE } from './returns.ts';

const SCOPES = ['read_products', 'read_inventory', 'write_inventory', 'read_orders'];

export async function check(session: ChannelSession, client: ShopifyClient): Promise<CheckReport> {
  const credentials = readCredentials(session.credentials);
  if (credentials.kind === 'unusable') return blocked(credentials.problem);
  try {
    const { shop, currentAppInstallation } = await client.run(LOOK_AT_SHOP, shopAnswer);
    const granted = currentAppInstallation.accessScopes.map(({ handle }) => handle);
    const missing = SCOPES.filter((scope) => !allows(granted, scope));
    if (missing.length > 0) return { ...blocked(missingScopes(missing)), storeName: shop.name };
    const locations = await listLocations(client);
    return {
      storeName: shop.name,
      findings: [
        ...lookAtLocations(session, locations),
        ...lookAtAssignments(granted, locations),
        ...lookAtVersion(client),
        ...lookAtReturns(granted),
        ...lookAtHistory(granted),
        ...lookAtSecret(session),
      ],
      locations: locations.filter(({ isActive }) => isActive).map(({ id, name }) => ({ id, name })),
    };
  } catch (problem) {
    if (problem instanceof ChannelError && (problem.kind === 'auth' || problem.kind === 'gone')) {
      return blocked(problem.message);
    }
    throw problem;
  }
}

const blocked = (message: string): CheckReport => ({
  storeName: null,
  findings: [{ level: 'blocker', message }],
  locations: [],
});

/** Permission to write includes permission to read. */
const allows = (granted: readonly string[], scope: string): boolean =>
  granted.includes(scope) || granted.includes(scope.replace(/^read_/, 'write_'));

const missingScopes = (scopes: readonly string[]): string =>
  `The app lacks the permissions ${scopes.join(', ')}. Add them to the app in Shopify, and install it again.`;

function lookAtLocations(
  { settings }: ChannelSession,
  locations: readonly ShopifyLocation[],
): readonly Finding[] {
  const owned = ownedAmong(settings, locations);
  if (owned.length === 0) {
    const message =
      'No location of this shop fulfils online orders. Switch one on in Shopify under Settings > Locations.';
    return [{ level: 'blocker', message }];
  }
  const findings: Finding[] = [];
  const active = locations.filter(({ isActive }) => isActive);
  const vanished = owned.filter((id) => !active.some((location) => location.id === id));
  if (vanished.length > 0) {
    const message =
      'A chosen location was closed or deleted in Shopify. Choose the locations again in the settings.';
    findings.push({ level: 'blocker', message });
  }
  if (settings.locationIds.length === 0 && active.length > 1) {
    findings.push({
      level: 'warning',
      message: `This shop has ${active.length} locations. Say for each which warehouse serves it, or that it is not ours; until then nothing is told there.`,
    });
    return findings;
  }
  const elsewhere = active.filter(
    ({ id, hasActiveInventory, fulfillsOnlineOrders }) =>
      !owned.includes(id) && hasActiveInventory && fulfillsOnlineOrders,
  );
  if (elsewhere.length > 0) {
    const names = elsewhere.map(({ name }) => `"${name}"`).join(', ');
    findings.push({
      level: 'warning',
      message: `Customers can also buy what is stocked at ${names}, which is not set from the sheet. Choose a warehouse for them too, or stop them fulfilling online orders.`,
    });
  }
  return findings;
}

const ASSIGNMENTS_SCOPE = 'read_merchant_managed_fulfillment_orders';

function lookAtAssignments(
  granted: readonly string[],
  locations: readonly ShopifyLocation[],
): readonly Finding[] {
  const several = locations.filter(({ isActive }) => isActive).length > 1;
  if (!several || allows(granted, ASSIGNMENTS_SCOPE)) return [];
  const message =
    `Which location sends an order cannot be read, so each order books in the first one until it is sent. Add the permission ` +
    `${ASSIGNMENTS_SCOPE} to the app in Shopify, and install it again.`;
  return [{ level: 'warning', message, concerns: 'warehouses' }];
}

function lookAtVersion(client: ShopifyClient): readonly Finding[] {
  const answered = client.answeredVersion();
  if (answered === null || answered === API_VERSION) return [];
  const message = `Shopify answered with version ${answered} of its interface instead of ${API_VERSION}. Update Stocksheet.`;
  return [{ level: 'warning', message }];
}

function lookAtReturns(granted: readonly string[]): readonly Finding[] {
  if (allows(granted, RETURNS_SCOPE)) return [];
  const message =
    `Items that come back through a return in Shopify cannot be read. Add the permission ${RETURNS_SCOPE} to the app in ` +
    'Shopify and install it again, or add returned items to stock in the sheet.';
  return [{ level: 'warning', message }];
}

function lookAtHistory(granted: readonly string[]): readonly Finding[] {
  if (granted.includes('read_all_orders')) return [];
  const message =
    'Orders older than 60 days cannot be read. Give the app the permission read_all_orders if such orders are still open.';
  return [{ level: 'warning', message }];
}

function lookAtSecret({ credentials }: ChannelSession): readonly Finding[] {
  if ((credentials['clientSecret'] ?? '') !== '') return [];
  const message =
    'Without the API secret key changes are seen at the next order pull, not at once. Fill it in to get them at once.';
  return [{ level: 'warning', message }];
}
