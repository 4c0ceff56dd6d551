// Looks at a store before it is connected, and daily after: token and scopes, locations, and the settings by which
// BigCommerce changes stock itself.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { ChannelSession, CheckReport, Finding } from '../channel.ts';
import type { BigCommerceClient } from './client.ts';
import { readCredentials } from './credentials.ts';
import { listLocations, ownedAmong } from './locations.ts';
import { StoreRefusal } from './refusal.ts';
import { type Location, storeShape } from './shapes.ts';
import { readStockRules, type StockRules } from './stock-rules.ts';

const INVENTORY_SETTINGS = 'Settings › Inventory';

export async function check(session: ChannelSession, client: BigCommerceClient): Promise<CheckReport> {
  const credentials = readCredentials(session.credentials);
  if (credentials.kind === 'unusable') return blocked(credentials.problem);
  try {
    const store = await client.get('/v2/store', {}, storeShape);
    const storeName = store?.name || null;
    const missing = await missingScopes(client);
    if (missing.length > 0) {
      const message =
        `The API account lacks the scopes ${missing.join(', ')}. Scopes cannot be changed later: make a new API account in ` +
        'BigCommerce under Settings › Store-level API accounts.';
      return { ...blocked(message), storeName };
    }
    const locations = await listLocations(client);
    const general = await readStockRules(client, null);
    const channelId = store?.default_channel_id ?? 0;
    const rules = channelId === 0 ? general : await readStockRules(client, channelId, general);
    return {
      storeName,
      findings: [...lookAtLocations(session, locations), ...lookAtRules(rules), ...lookAtSecret(session)],
      locations: locations
        .filter(({ enabled }) => enabled)
        .map(({ id, label }) => ({ id: String(id), name: label })),
    };
  } catch (problem) {
    if (problem instanceof ChannelError && (problem.kind === 'auth' || problem.kind === 'gone')) {
      return blocked(problem.kind === 'gone' ? NO_STORE : problem.message);
    }
    throw problem;
  }
}

const NO_STORE = 'There is no BigCommerce store at this API path. Copy the path from the API account again.';

const blocked = (message: string): CheckReport => ({
  storeName: null,
  findings: [{ level: 'blocker', message }],
  locations: [],
});

/** Each scope by the smallest question that needs it. */
async function missingScopes(client: BigCommerceClient): Promise<readonly string[]> {
  const anything = z.unknown();
  const questions: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['Products (read-only)', () => client.get('/v3/catalog/products', { limit: 1 }, anything)],
    ['Orders (read-only)', () => client.get('/v2/orders', { limit: 1 }, anything)],
    ['Store Locations (read-only)', () => client.get('/v3/inventory/locations', { limit: 1 }, anything)],
    ['Information & Settings (read-only)', () => client.get('/v3/settings/inventory', {}, anything)],
    // An adjustment of nothing changes nothing; to an account that may not write it is refused as forbidden.
    [
      'Store Inventory (modify)',
      () => client.change('PUT', '/v3/inventory/adjustments/absolute', { reason: 'Stocksheet', items: [] }),
    ],
  ];
  const missing: string[] = [];
  for (const [scope, ask] of questions) {
    const isForbidden = await ask().then(
      () => false,
      (problem: unknown) => {
        if (!(problem instanceof StoreRefusal)) throw problem;
        if (problem.status === 401) throw problem;
        return problem.status === 403;
      },
    );
    if (isForbidden) missing.push(scope);
  }
  return missing;
}

function lookAtLocations({ settings }: ChannelSession, locations: readonly Location[]): readonly Finding[] {
  const owned = ownedAmong(settings, locations);
  if (owned.length === 0) {
    const message =
      'No location of this store is in use. Switch one on in BigCommerce under Settings › Locations.';
    return [{ level: 'blocker', message }];
  }
  const findings: Finding[] = [];
  const enabled = locations.filter((location) => location.enabled);
  const vanished = owned.filter((id) => !enabled.some((location) => location.id === id));
  if (vanished.length > 0) {
    const message =
      'A chosen location was switched off or deleted in BigCommerce. Choose the locations again in the settings.';
    findings.push({ level: 'blocker', message });
  }
  if (settings.locationIds.length === 0 && enabled.length > 1) {
    const message = `This store has ${enabled.length} locations. Say for each which warehouse serves it, or that it is not ours; until then nothing is told there.`;
    return [...findings, { level: 'warning', message }];
  }
  const others = enabled.filter(({ id }) => !owned.includes(id)).map(({ label }) => `"${label}"`);
  if (others.length > 0) {
    findings.push({
      level: 'warning',
      message: `Customers can also buy what is stocked at ${others.join(', ')}, which is not set from the sheet. Choose those locations too.`,
    });
  }
  return findings;
}

function lookAtRules({ takes, followsEdits, givesBack }: StockRules): readonly Finding[] {
  const findings: Finding[] = [];
  if (takes === 'sent') {
    findings.push({
      level: 'warning',
      message:
        'BigCommerce lowers its stock only when an order is shipped, so each shipment lowers it a second time until the next ' +
        `push. In ${INVENTORY_SETTINGS}, let stock levels change when an order is placed.`,
    });
  }
  if (!followsEdits) {
    findings.push({
      level: 'warning',
      message: `BigCommerce does not correct its stock when an order is edited; the next push does. Switch it on in ${INVENTORY_SETTINGS}.`,
    });
  }
  if (!givesBack) {
    findings.push({
      level: 'warning',
      message: `BigCommerce keeps the units of cancelled orders off its stock; the next push corrects it. Switch it on in ${INVENTORY_SETTINGS}.`,
    });
  }
  return findings;
}

function lookAtSecret({ credentials }: ChannelSession): readonly Finding[] {
  if ((credentials['clientSecret'] ?? '').trim() !== '') return [];
  const message =
    'Without the client secret changes are seen at the next order pull, not at once. Fill it in to get them at once.';
  return [{ level: 'warning', message }];
}
