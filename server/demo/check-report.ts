// Prints one line per requirement and remembers whether all of them held.

export type Report = {
  readonly line: (requirement: string, holds: boolean, detail: string) => void;
  readonly failures: () => number;
};

export function createReport(write: (text: string) => void): Report {
  let failures = 0;
  return {
    line: (requirement, holds, detail) => {
      if (!holds) failures += 1;
      write(`${holds ? 'ok  ' : 'FAIL'}  ${requirement.padEnd(12)} ${detail}\n`);
    },
    failures: () => failures,
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
