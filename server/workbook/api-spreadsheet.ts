// spreadsheets.get and developerMetadata.search: the structure of the workbook in Google's shapes.

import type { WorkbookView } from './session.ts';
import type { Editor, WorkbookSheet } from './session-state.ts';
import type { Area, Protection, SheetTag } from './sheet-shape.ts';
import type { Workbook } from './workbook.ts';

export function describeSpreadsheet(workbook: Workbook, view: WorkbookView, editor: Editor): object {
  return {
    spreadsheetId: workbook.id,
    properties: { title: workbook.title, locale: 'en_US', timeZone: workbook.timeZone },
    sheets: view.sheets().map((sheet, index) => ({
      properties: describeSheet(sheet, index),
      ...nonEmpty(
        'developerMetadata',
        describeTags(sheet, (tag) => tag.columnId === null),
      ),
      ...nonEmpty(
        'protectedRanges',
        sheet.shape.protections.map((one) => describeProtection(sheet, one, editor)),
      ),
      ...nonEmpty('conditionalFormats', sheet.shape.conditionalFormats),
      ...nonEmpty(
        'merges',
        sheet.shape.merges.map((merge) => toGridRange(sheet.sheetId, merge)),
      ),
    })),
  };
}

const nonEmpty = (name: string, items: readonly unknown[]): object =>
  items.length === 0 ? {} : { [name]: items };

export function describeSheet(sheet: WorkbookSheet, index: number): object {
  const { shape } = sheet;
  return {
    sheetId: sheet.sheetId,
    title: shape.title,
    index,
    sheetType: 'GRID',
    gridProperties: {
      rowCount: shape.rowCount,
      columnCount: shape.columns.length,
      ...(shape.frozenRows > 0 ? { frozenRowCount: shape.frozenRows } : {}),
      ...(shape.frozenColumns > 0 ? { frozenColumnCount: shape.frozenColumns } : {}),
    },
    ...(shape.hidden ? { hidden: true } : {}),
  };
}

/** Open ends are left out, as Google does. */
export function toGridRange(sheetId: number, area: Area): object {
  return {
    sheetId,
    ...(area.startRow > 0 || area.endRow !== null ? { startRowIndex: area.startRow } : {}),
    ...(area.endRow === null ? {} : { endRowIndex: area.endRow }),
    ...(area.startColumn > 0 || area.endColumn !== null ? { startColumnIndex: area.startColumn } : {}),
    ...(area.endColumn === null ? {} : { endColumnIndex: area.endColumn }),
  };
}

export function describeProtection(sheet: WorkbookSheet, protection: Protection, editor: Editor): object {
  const mayEdit = protection.editors.includes(editor.email);
  return {
    protectedRangeId: protection.id,
    range: toGridRange(sheet.sheetId, protection.area),
    ...(protection.description === '' ? {} : { description: protection.description }),
    ...(protection.warningOnly ? { warningOnly: true } : {}),
    ...nonEmpty(
      'unprotectedRanges',
      protection.unprotected.map((area) => toGridRange(sheet.sheetId, area)),
    ),
    // Left out when false, and the editors are only shown to those who may edit.
    ...(mayEdit ? { requestingUserCanEdit: true, editors: { users: protection.editors } } : {}),
  };
}

export function describeTags(sheet: WorkbookSheet, wanted: (tag: SheetTag) => boolean): object[] {
  return sheet.shape.tags.filter(wanted).map((tag) => describeTag(sheet, tag));
}

export function describeTag(sheet: WorkbookSheet, tag: SheetTag): object {
  const index = sheet.shape.columns.findIndex(({ id }) => id === tag.columnId);
  const dimensionRange = {
    sheetId: sheet.sheetId,
    dimension: 'COLUMNS',
    startIndex: index,
    endIndex: index + 1,
  };
  return {
    metadataId: tag.id,
    metadataKey: tag.key,
    ...(tag.value === '' ? {} : { metadataValue: tag.value }),
    location:
      tag.columnId === null
        ? { locationType: 'SHEET', sheetId: sheet.sheetId }
        : { locationType: 'COLUMN', dimensionRange },
    visibility: tag.visibility,
  };
}

export type MetadataLookup = {
  readonly locationType?: string | undefined;
  readonly metadataKey?: string | undefined;
};

export function searchTags(view: WorkbookView, lookups: readonly MetadataLookup[]): object {
  const found = view
    .sheets()
    .flatMap((sheet) =>
      describeTags(sheet, (tag) =>
        lookups.some(
          ({ locationType, metadataKey }) =>
            (locationType === undefined || locationType === (tag.columnId === null ? 'SHEET' : 'COLUMN')) &&
            (metadataKey === undefined || metadataKey === tag.key),
        ),
      ),
    );
  return found.length === 0
    ? {}
    : { matchedDeveloperMetadata: found.map((developerMetadata) => ({ developerMetadata })) };
}
