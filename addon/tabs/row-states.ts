// The words that people read in the status column of every tab they write in.

export const ROW_STATES = {
  submitting: 'Submitting',
  applied: 'Applied',
  error: 'Error',
  conflict: 'Changed',
  waiting: 'Waiting',
  copy: 'Copy',
} as const;

/** It was sent, and nobody knows yet what came of it. */
export const isWaiting = (status: unknown): boolean =>
  status === ROW_STATES.waiting || status === ROW_STATES.submitting;

/** Colours that can be told apart and read: the word says the same. */
export const STATE_COLOURS = [
  { state: ROW_STATES.applied, background: '#e6f4ea', text: '#0d652d' },
  { state: ROW_STATES.error, background: '#fce8e6', text: '#a50e0e' },
  { state: ROW_STATES.conflict, background: '#fef0e1', text: '#8a4b00' },
  { state: ROW_STATES.copy, background: '#fef0e1', text: '#8a4b00' },
  { state: ROW_STATES.waiting, background: '#e8f0fe', text: '#174ea6' },
  { state: ROW_STATES.submitting, background: '#e8f0fe', text: '#174ea6' },
] as const;
