// The faults that are switched on in a simulated shop, each for a number of uses or until it is switched off.

import { SIMULATED_FAULTS, type SimulatedFault } from './simulator.ts';

export type FaultBoard = {
  readonly set: (fault: SimulatedFault, count?: number) => void;
  readonly clear: () => void;
  /** True when the fault is on; uses it up once. */
  readonly take: (fault: SimulatedFault) => boolean;
  readonly isOn: (fault: SimulatedFault) => boolean;
};

export function createFaultBoard(): FaultBoard {
  const left = new Map<SimulatedFault, number>();
  const isOn = (fault: SimulatedFault): boolean => (left.get(fault) ?? 0) > 0;
  return {
    set: (fault, count = Number.POSITIVE_INFINITY) => {
      if (!SIMULATED_FAULTS.includes(fault)) throw new RangeError(`There is no fault called "${fault}".`);
      left.set(fault, count);
    },
    clear: () => left.clear(),
    isOn,
    take: (fault) => {
      if (!isOn(fault)) return false;
      left.set(fault, (left.get(fault) ?? 0) - 1);
      return true;
    },
  };
}
