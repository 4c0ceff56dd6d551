// The words that people read in the status column of every tab they write in.

export const ROW_STATES = {
  submitting: 'Submitting',
  applied: 'Applied',
  error: 'Error',
  conflict: 'Changed',
  waiting: 'Waiting',
  copy: 'Copy',
} as const;
