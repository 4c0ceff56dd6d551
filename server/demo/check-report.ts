// Prints one line per requirement and remembers whether all of them held.

export type Report = {
  readonly line: (requirement: string, holds: boolean, detail: string) => void;
  /** What whoever reads the lines should know. */
  readonly note: (text: string) => void;
  readonly failures: () => number;
};

export function createReport(write: (text: string) => void): Report {
  let failures = 0;
  return {
    line: (requirement, holds, detail) => {
      if (!holds) failures += 1;
      write(`${holds ? 'ok  ' : 'FAIL'}  ${requirement.padEnd(12)} ${detail}\n`);
    },
    note: (text) => write(`note  ${text}\n`),
    failures: () => failures,
  };
}

/**
 * Lets so many through in any minute, and waits with the rest: the server takes 300 requests a minute of one key, and scenes that
 * are played at the same time ask at the same time.
 */
export function createGate(perMinute: number): () => Promise<void> {
  const atOnce = Math.floor(perMinute / 6);
  const everyMs = 60_000 / (perMinute - atOnce);
  let freeAt = Date.now() - atOnce * everyMs;
  return async () => {
    const now = Date.now();
    freeAt = Math.max(freeAt, now - atOnce * everyMs) + everyMs;
    if (freeAt > now) await new Promise((resolve) => setTimeout(resolve, freeAt - now));
  };
}

/** Waits until `look` answers true; false when it still did not after `limitMs`. */
export async function until(look: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + limitMs;
  // Looking may ask the server, which counts requests per minute: the longer it takes, the less often.
  for (let pauseMs = 50; ; pauseMs = Math.min(500, pauseMs * 1.3)) {
    if (await look()) return true;
    if (Date.now() > giveUpAt) return false;
    const waitMs = pauseMs;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
