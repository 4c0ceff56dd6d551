// What the person changes: sent to the workbook with the rows that were meant, and remembered so that it can be taken back.

import type { PageCell, PageEdit, PageEditResult, PageInput } from '../page-api.ts';

type Step = { readonly tabId: number; readonly revision: number; readonly edit: PageEdit };

export type Edits = {
  /** `revision`: the state in which the rows have the numbers that the edit names. */
  readonly change: (tabId: number, revision: number, edit: PageEdit) => Promise<boolean>;
  readonly undo: () => Promise<void>;
  readonly redo: () => Promise<void>;
  /** Once everything typed so far has reached the workbook. */
  readonly settled: () => Promise<void>;
  readonly canUndo: () => boolean;
  readonly canRedo: () => boolean;
};

const STEPS_MAX = 200;

export function createEdits(parts: {
  readonly send: (tabId: number, revision: number, edit: PageEdit) => Promise<PageEditResult>;
  readonly say: (message: string, options?: { bad?: boolean }) => void;
  readonly onStep: (tabId: number) => void;
}): Edits {
  const undone: Step[] = [];
  const done: Step[] = [];

  /** Sends it; gives what takes it back. */
  const send = async ({ tabId, revision, edit }: Step): Promise<Step | null | false> => {
    const result = await parts.send(tabId, revision, edit).catch((error: unknown) => ({
      ok: false as const,
      message: error instanceof Error ? error.message : String(error),
    }));
    if (!result.ok) {
      parts.say(result.message, { bad: true });
      return false;
    }
    if (result.remark !== '') parts.say(result.remark);
    return result.undo === null ? null : { tabId, revision: result.revision, edit: result.undo };
  };
  const keep = (steps: Step[], step: Step | null | false): void => {
    if (step) steps.push(step);
    if (steps.length > STEPS_MAX) steps.shift();
  };
  const move = async (from: Step[], to: Step[], nothing: string): Promise<void> => {
    const step = from.pop();
    if (step === undefined) return parts.say(nothing);
    keep(to, await send(step));
    parts.onStep(step.tabId);
  };

  // One after the other: what is taken back must have been done first.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    change: (tabId, revision, edit) =>
      inTurn(async () => {
        const back = await send({ tabId, revision, edit });
        if (back !== false) undone.length = 0;
        keep(done, back);
        parts.onStep(tabId);
        return back !== false;
      }),
    undo: () => inTurn(() => move(done, undone, 'There is nothing to undo.')),
    redo: () => inTurn(() => move(undone, done, 'There is nothing to redo.')),
    settled: () => inTurn(async () => undefined),
    canUndo: () => done.length > 0,
    canRedo: () => undone.length > 0,
  };
}

/** A block pasted into a selection: one cell fills all of it, and whole multiples repeat, as in every spreadsheet. */
export function spread(
  block: readonly (readonly PageCell[])[],
  rows: number,
  columns: number,
): readonly (readonly PageInput[])[] {
  const [height, width] = [block.length, block[0]?.length ?? 0];
  const repeats = rows % height === 0 && columns % width === 0;
  const [tall, wide] = repeats ? [rows, columns] : [height, width];
  return Array.from({ length: tall }, (_row, down) =>
    Array.from({ length: wide }, (_cell, right) => block[down % height]?.[right % width] ?? ''),
  );
}
