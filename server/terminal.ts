// What the entries say on the terminal, and how they end: a first Ctrl-C stops gracefully, a second one at once.

type Running = { readonly stop: () => Promise<void> };

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Starts, and ends the process when it is told to. What cannot start says why in one sentence. */
export async function runUntilStopped(start: () => Promise<Running>): Promise<void> {
  let running: Running | null = null;
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    if (running === null) process.exit(0);
    say('Stopping. Press Ctrl-C again to stop at once; nothing is lost either way.');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    running = await start();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
