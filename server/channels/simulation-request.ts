// What a simulated shop hears, whatever its channel.

export type SimulationRequest = {
  readonly method: string;
  /** Complete address as the client wrote it: path and query matter for signatures. */
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};
