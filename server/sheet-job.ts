// The job that writes the sheet: one at a time, and what keeps it from being written is told where people see it.

import { isOpenTrouble, recordActivity, resolveTroubles } from './activity/activity.ts';
import type { Database } from './database/database.ts';
import { type FlushOptions, flushSheet } from './sheet/flush.ts';
import type { SheetGateway } from './sheet/gateway.ts';
import { explainRefusal } from './sheet/refusal.ts';
import { tellOfTabs } from './sheet-news.ts';
import { withLease } from './sync/lease.ts';

const LEASE_MS = 15_000;
const TROUBLE = 'sheet';

export type SheetJobParts = {
  readonly db: Database;
  readonly gateway: SheetGateway;
  readonly holder: string;
  readonly now: () => Date;
  /** The address that the sheet is shared with. */
  readonly sharedWith: string;
  readonly channelLabel: FlushOptions['channelLabel'];
};

/** @throws what it could not mend, after it was told: the queue tries again. */
export async function writeSheet(parts: SheetJobParts): Promise<void> {
  const { db, gateway, holder, now, sharedWith, channelLabel } = parts;
  const { spreadsheetId } = gateway;
  const tell: FlushOptions['tell'] = (news) => tellOfTabs(db, spreadsheetId, news, now());
  const flush = () => flushSheet({ db, gateway, now: now(), channelLabel, tell });
  const lease = { name: `sheet:${spreadsheetId}`, holder, ttlMs: LEASE_MS };
  try {
    const outcome = await withLease(db, lease, flush);
    if (outcome.kind === 'done' && (await isOpenTrouble(db, TROUBLE))) {
      await resolveTroubles(db, [TROUBLE], now());
      // The sheet itself shows that it is over.
      await withLease(db, lease, flush);
    }
  } catch (error) {
    const refusal = explainRefusal(error, { spreadsheetId, sharedWith });
    if (refusal !== null)
      await recordActivity(db, {
        at: now(),
        level: refusal.needsPerson ? 'needs-person' : 'warning',
        trouble: TROUBLE,
        message: `The sheet cannot be written: ${refusal.message}`,
      });
    throw error;
  }
}
