// SpreadsheetApp.Protection: who may change a tab or a part of it.

import { EVERY_EDITOR } from '../sheet-shape.ts';
import type { ProtectionChange } from './calls.ts';
import type { ServiceWorld } from './service-world.ts';

type HasBlock = {
  readonly getRow: () => number;
  readonly getColumn: () => number;
  readonly getNumRows: () => number;
  readonly getNumColumns: () => number;
};

export function protectionObject(world: ServiceWorld, tabId: number, id: number) {
  const now = () => {
    const found = world.call('shape', tabId).protections.find((one) => one.id === id);
    if (found === undefined) throw world.toError('The protection was removed.');
    return found;
  };
  const change = (wanted: ProtectionChange) => {
    world.call('changeProtection', tabId, id, wanted);
    return self;
  };
  const self = {
    getDescription: () => now().description,
    setDescription: (description: unknown) => change({ description: String(description) }),
    isWarningOnly: () => now().warningOnly,
    setWarningOnly: (warningOnly: boolean) => change({ warningOnly: Boolean(warningOnly) }),
    getProtectionType: () =>
      now().area.endColumn === null && now().area.endRow === null ? 'SHEET' : 'RANGE',
    canEdit: () => now().editors.some((email) => email === world.user || email === EVERY_EDITOR),
    canDomainEdit: () => false,
    setDomainEdit: () => self,
    getEditors: () =>
      now()
        .editors.map((email) => (email === EVERY_EDITOR ? world.user : email))
        .map((email) => ({ getEmail: () => email, toString: () => email })),
    addEditor: (email: unknown) => change({ editors: [...now().editors, String(email)] }),
    addEditors: (emails: readonly unknown[]) =>
      change({ editors: [...now().editors, ...emails.map(String)] }),
    removeEditor: (email: unknown) => self.removeEditors([email]),
    /** The person who runs this cannot be taken off, as nobody may lock themselves out. */
    removeEditors: (emails: readonly unknown[]) => {
      const gone = new Set([...emails.map(String), EVERY_EDITOR]);
      return change({
        editors: [...new Set([...now().editors.filter((one) => !gone.has(one)), world.user])],
      });
    },
    getUnprotectedRanges: () => [],
    setUnprotectedRanges: (ranges: readonly HasBlock[]) =>
      change({
        unprotected: ranges.map((range) => ({
          startRow: range.getRow() - 1,
          endRow: range.getRow() - 1 + range.getNumRows(),
          startColumn: range.getColumn() - 1,
          endColumn: range.getColumn() - 1 + range.getNumColumns(),
        })),
      }),
    getRange: () => {
      const { area } = now();
      return { getRow: () => area.startRow + 1, getColumn: () => area.startColumn + 1 };
    },
    remove: () => world.call('unprotect', tabId, id),
  };
  return self;
}
