// Files in and out: what can be exported and imported as CSV, and what comes back.

import * as z from 'zod/mini';

export const EXPORT_KINDS = ['products', 'stock', 'purchase-orders', 'ledger'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** The ledger can only grow by what really happens, so it cannot be imported. */
export const IMPORT_KINDS = ['products', 'stock', 'purchase-orders'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export const exportRequest = z.strictObject({ what: z.enum(EXPORT_KINDS) });

/** `path` can be opened in a browser for some minutes, by whoever has it. */
export const exportAnswer = z.object({ path: z.string(), expiresAt: z.string() });
export type ExportAnswer = z.infer<typeof exportAnswer>;

export const importRequest = z.strictObject({ what: z.enum(IMPORT_KINDS), csv: z.string() });

export const importAnswer = z.object({
  applied: z.number(),
  refused: z.number(),
  /** By the number of the line in the file; the first ones only. */
  problems: z.array(z.object({ line: z.number(), message: z.string() })),
});
export type ImportAnswer = z.infer<typeof importAnswer>;
