// What the workbook refuses, in Google's words and with Google's status.

export class WorkbookError extends Error {
  override readonly name = 'WorkbookError';
  readonly status: 400 | 404;
  constructor(message: string, status: 400 | 404 = 400) {
    super(message);
    this.status = status;
  }
}

export const PROTECTED_MESSAGE =
  'You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if you need to edit.';

export const TOO_MANY_CELLS_MESSAGE =
  'This action would increase the number of cells in the workbook above the limit of 10000000 cells.';
