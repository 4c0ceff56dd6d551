// Who is in the room while the tasks are done.

import type { WorkbookPerson } from '../../support/workbook-person.ts';

export type Room = {
  readonly mia: () => WorkbookPerson;
  /** Somebody else, in a browser of their own. */
  readonly another: (name: string) => Promise<WorkbookPerson>;
};

/** For one task on a machine that others use, too. */
export const TASK_MS = 180_000;
