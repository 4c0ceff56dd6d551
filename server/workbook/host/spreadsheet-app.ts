// SpreadsheetApp: where scripts begin. The objects they hold are as strict about their arguments as the real ones.

import { createConditionalRuleBuilder } from './conditional-rules.ts';
import { createValidationBuilder } from './data-validation.ts';
import { tagFinder } from './developer-metadata.ts';
import { requireAuthorization, type ServiceWorld } from './service-world.ts';
import { sheetObject } from './sheet.ts';
import { createUi } from './ui.ts';

const CURRENT_ONLY = 'spreadsheets.currentonly';

const names = <Name extends string>(...all: readonly Name[]) =>
  Object.freeze(Object.fromEntries(all.map((name) => [name, name]))) as Readonly<Record<Name, Name>>;

export function createSpreadsheetApp(world: ServiceWorld) {
  const allow = (method: string, inCells = false) =>
    requireAuthorization(world, `SpreadsheetApp.${method}`, 'LIMITED', CURRENT_ONLY, { inCells });
  const current = (method: string) => {
    allow(method, true);
    return spreadsheet(world);
  };
  const refuseOther = (method: string) => () => {
    throw world.toError(
      `Specified permissions are not sufficient to call SpreadsheetApp.${method}. Required permissions: ` +
        'https://www.googleapis.com/auth/spreadsheets',
    );
  };
  return Object.freeze({
    DeveloperMetadataLocationType: names('COLUMN', 'ROW', 'SHEET', 'SPREADSHEET'),
    DeveloperMetadataVisibility: names('DOCUMENT', 'PROJECT'),
    ProtectionType: names('RANGE', 'SHEET'),
    WrapStrategy: names('WRAP', 'OVERFLOW', 'CLIP'),
    DataValidationCriteria: names('CHECKBOX', 'VALUE_IN_LIST', 'VALUE_IN_RANGE'),
    getUi: () => createUi(world),
    getActiveSpreadsheet: () => current('getActiveSpreadsheet'),
    getActive: () => current('getActive'),
    getActiveSheet: () => current('getActiveSheet').getActiveSheet(),
    getActiveRange: () => current('getActiveRange').getActiveRange(),
    getCurrentCell: () => current('getCurrentCell').getCurrentCell(),
    getSelection: () => current('getSelection').getSelection(),
    setActiveSheet: (sheet: ReturnType<typeof sheetObject>) =>
      current('setActiveSheet').setActiveSheet(sheet),
    openById: refuseOther('openById'),
    openByUrl: refuseOther('openByUrl'),
    create: refuseOther('create'),
    /** Every call has already reached the workbook, so there is nothing left to do. */
    flush: () => allow('flush'),
    newDataValidation: () => createValidationBuilder(world),
    newConditionalFormatRule: () => createConditionalRuleBuilder(world),
  });
}

function spreadsheet(world: ServiceWorld) {
  const tabs = () => world.call('tabs');
  const sheetOf = (id: number) => sheetObject(world, id);
  const selected = () =>
    world.selection ?? { tabId: tabs()[0]?.id ?? 0, row: 1, column: 1, rows: 1, columns: 1 };
  const activeRange = () => {
    const { tabId, row, column, rows, columns } = selected();
    return sheetOf(tabId).getRange(row, column, rows, columns);
  };
  const self = {
    getId: () => world.call('id'),
    getName: () => world.call('title'),
    getUrl: () => `https://docs.google.com/spreadsheets/d/${world.call('id')}/edit`,
    getSpreadsheetLocale: () => 'en_US',
    getSpreadsheetTimeZone: () => world.call('timeZone'),
    getSheetByName: (name: string) => {
      const found = tabs().find((tab) => tab.name === name);
      return found === undefined ? null : sheetOf(found.id);
    },
    getSheetById: (id: number) => (tabs().some((tab) => tab.id === id) ? sheetOf(id) : null),
    getSheets: () => tabs().map((tab) => sheetOf(tab.id)),
    getNumSheets: () => tabs().length,
    insertSheet: (name: string, position?: number) => {
      const sheet = sheetOf(world.call('addTab', String(name)).id);
      if (typeof position === 'number') world.call('moveTab', sheet.getSheetId(), position + 1);
      return sheet;
    },
    deleteSheet: (sheet: { readonly getSheetId: () => number }) =>
      world.call('deleteTab', sheet.getSheetId()),
    getActiveSheet: () => sheetOf(selected().tabId),
    setActiveSheet: (sheet: ReturnType<typeof sheetObject>) => {
      world.call('activate', { tabId: sheet.getSheetId(), row: 1, column: 1 });
      return sheet;
    },
    getActiveRange: activeRange,
    getCurrentCell: () => activeRange().getCell(1, 1),
    getActiveCell: () => activeRange().getCell(1, 1),
    getSelection: () => ({
      getActiveRange: activeRange,
      getCurrentCell: () => activeRange().getCell(1, 1),
      getActiveSheet: () => sheetOf(selected().tabId),
    }),
    moveActiveSheet: (position: number) => world.call('moveTab', selected().tabId, position),
    createDeveloperMetadataFinder: () => tagFinder(world, sheetOf, null),
    getProtections: (type: string) => self.getSheets().flatMap((sheet) => sheet.getProtections(type)),
    toast: (message: string, title = '', seconds = 5) =>
      world.call('toast', { title: String(title), message: String(message), seconds: Number(seconds) }),
  };
  return self;
}
