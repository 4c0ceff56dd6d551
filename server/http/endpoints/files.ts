// POST /api/exports: a link to a CSV file. POST /api/imports: the lines of a CSV file, each answered by its number.

import { exportRequest, importRequest } from '../../../shared/api/csv.ts';
import { endpoint } from '../endpoint.ts';

const FILE_BYTES_MAX = 20 * 1024 * 1024;

export const exportFile = endpoint({
  method: 'post',
  path: '/api/exports',
  role: 'viewer',
  body: exportRequest,
  handle: ({ body }, services) => services.exportFile(body.what),
});

export const importFile = endpoint({
  method: 'post',
  path: '/api/imports',
  role: 'staff',
  body: importRequest,
  bodyBytesMax: FILE_BYTES_MAX,
  tooLarge: 'This file is too large to send at once. Import it on the server with: npm run import.',
  handle: ({ body, caller }, services) => services.importFile(body.what, body.csv, caller),
});
