// A rehearsal with all that eBay's stand-in can do beyond what every simulated shop can.

import { type Rehearsal, rehearse } from '../../../../test/contract/rehearsal.ts';
import { ebay } from '../index.ts';
import { type EbaySimulatedShop, type EbaySimulatorOptions, startEbaySimulator } from '../simulator.ts';

export type EbayRehearsal = Rehearsal & { readonly shop: EbaySimulatedShop };

export async function rehearseEbay(options: Partial<EbaySimulatorOptions> = {}): Promise<EbayRehearsal> {
  let started: EbaySimulatedShop | null = null;
  const simulator = async (given: EbaySimulatorOptions): Promise<EbaySimulatedShop> => {
    started = await startEbaySimulator({ ...given, ...options });
    return started;
  };
  const rehearsal = await rehearse({ ...ebay, simulator }, pick(options));
  if (started === null) throw new Error('The stand-in did not start.');
  return { ...rehearsal, shop: started };
}

const pick = ({ limits, memory }: Partial<EbaySimulatorOptions>) => ({
  ...(limits === undefined ? {} : { limits }),
  ...(memory === undefined ? {} : { memory }),
});
