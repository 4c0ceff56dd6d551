// The rehearsal stores: each channel's simulator as a shop of its own, with a memory on disk that survives anything.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChannelDefinition } from '../channels/channel.ts';
import type { SimulatedProduct, SimulatedShop } from '../channels/simulator.ts';
import { CATALOGUE, ODDITIES, REHEARSAL_PACE, STALL, STALL_ORDERS } from './catalogue.ts';

export type RehearsalShop = {
  readonly channel: string;
  readonly label: string;
  /** What people see as the store's name. */
  readonly name: string;
  readonly shop: SimulatedShop;
};

type Memory = { readonly port: number; readonly memory: unknown };

/** Starts one shop per channel. `folder` keeps their memories and the ports that the stores were connected at. */
export async function openRehearsalShops(
  definitions: readonly ChannelDefinition[],
  folder: string,
): Promise<readonly RehearsalShop[]> {
  mkdirSync(folder, { recursive: true });
  const shops: RehearsalShop[] = [];
  for (const [index, definition] of definitions.entries()) {
    const { id, label } = definition.manifest;
    const products = index === 0 ? [...CATALOGUE, ...ODDITIES] : CATALOGUE;
    const { shop } = await openShop(definition, join(folder, `${id}.json`), products);
    shops.push({ channel: id, label, name: `Rehearsal ${label}`, shop });
  }
  return shops;
}

/**
 * One more shop, for a person to connect: on a channel whose connect form asks for the shop's own address, so that what is typed
 * there leads to this machine. It sells some things for other numbers, some that no other store has, and has open orders.
 */
export async function openStall(
  definitions: readonly ChannelDefinition[],
  folder: string,
): Promise<(RehearsalShop & { readonly keys: readonly { label: string; value: string }[] }) | null> {
  const definition = definitions.find(({ manifest }) => manifest.credentialFields.some(isOwnAddress));
  if (definition === undefined) return null;
  const { id, label, credentialFields } = definition.manifest;
  const { shop, isNew } = await openShop(definition, join(folder, 'stall.json'), STALL);
  for (const { sku, quantity } of isNew ? STALL_ORDERS : []) {
    const remoteId = shop.shelf().find((item) => item.sku === sku)?.remoteId;
    if (remoteId !== undefined) shop.buy([{ remoteId, quantity }]);
  }
  const keys = credentialFields.flatMap((field) => {
    const value = shop.credentials[field.key];
    return value === undefined ? [] : [{ label: field.label, value }];
  });
  return { channel: id, label, name: 'Market stall', shop, keys };
}

const isOwnAddress = (field: ChannelDefinition['manifest']['credentialFields'][number]): boolean =>
  field.kind === 'url' && field.required && field.rehearsalOnly !== true;

async function openShop(
  definition: ChannelDefinition,
  file: string,
  products: readonly SimulatedProduct[],
): Promise<{ readonly shop: SimulatedShop; readonly isNew: boolean }> {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Memory) : null;
  let shop: SimulatedShop | null = null;
  // Written in one piece and at once: a shop must not forget a sale that the ledger knows.
  const keep = (): void => {
    if (shop === null) return;
    writeFileSync(`${file}.new`, JSON.stringify({ port: shop.port, memory: shop.save() }));
    renameSync(`${file}.new`, file);
  };
  shop = await definition.simulator({
    port: kept?.port ?? 0,
    onChange: keep,
    pace: REHEARSAL_PACE,
    ...(kept === null ? {} : { memory: kept.memory }),
  });
  if (kept === null) {
    for (const product of products) shop.addProduct(product);
    keep();
  }
  return { shop, isNew: kept === null };
}
