// The jobs by name, and how they share workers: a slow kind of work must never hold up a quick one.

export const JOB_NAMES = [
  'pull-orders',
  'pull-listings',
  'push-available',
  'hard-refresh-inventory',
  'process-inbox',
  'read-turn-on-plan',
  'keep-webhooks',
  'pull-hints',
  'flush-sheet',
  'daily-summary',
  'sweep',
] as const;
export type JobName = (typeof JOB_NAMES)[number];

export const LANES = ['stock', 'catalogue', 'sheet'] as const;
export type Lane = (typeof LANES)[number];

/** What decides whether numbers are right goes in `stock`; what may take an hour goes in `catalogue`. */
export const laneOf: Readonly<Record<JobName, Lane>> = {
  'pull-orders': 'stock',
  'push-available': 'stock',
  'process-inbox': 'stock',
  'pull-hints': 'stock',
  'pull-listings': 'catalogue',
  'read-turn-on-plan': 'catalogue',
  'hard-refresh-inventory': 'catalogue',
  'keep-webhooks': 'catalogue',
  'flush-sheet': 'sheet',
  'daily-summary': 'catalogue',
  sweep: 'sheet',
};

/** Jobs a process runs at once, by lane. However many stores there are, there is one worker a lane. */
export const CONCURRENCY: Readonly<Record<Lane, number>> = { stock: 12, catalogue: 4, sheet: 2 };

export const isJobName = (name: string): name is JobName => (JOB_NAMES as readonly string[]).includes(name);
