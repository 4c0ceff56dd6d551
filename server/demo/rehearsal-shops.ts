// The rehearsal stores: each channel's simulator as a shop of its own, with a memory on disk that survives anything.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChannelDefinition } from '../channels/channel.ts';
import type { SimulatedShop } from '../channels/simulator.ts';
import { CATALOGUE, ODDITIES, REHEARSAL_PACE } from './catalogue.ts';

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
    shops.push({
      channel: id,
      label,
      name: `Rehearsal ${label}`,
      shop: await openShop(definition, folder, index === 0),
    });
  }
  return shops;
}

async function openShop(definition: ChannelDefinition, folder: string, odd: boolean): Promise<SimulatedShop> {
  const file = join(folder, `${definition.manifest.id}.json`);
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
    for (const product of odd ? [...CATALOGUE, ...ODDITIES] : CATALOGUE) shop.addProduct(product);
    keep();
  }
  return shop;
}
