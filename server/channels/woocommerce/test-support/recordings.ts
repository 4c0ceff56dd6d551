// The recorded exchanges of a real shop, for tests: read from the specs folder, never copied here.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { specsDirectory } from '../../../../test/support/specs.ts';

export type Recording = {
  readonly name: string;
  readonly request: {
    readonly method?: string;
    readonly path?: string;
    readonly query?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly raw_body?: string;
  };
  readonly response?: {
    readonly status?: number | readonly number[];
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly deliveries?: readonly {
    readonly topic: string;
    readonly body_id: number;
    readonly delivery_id: string;
  }[];
  readonly note?: string;
  readonly observed?: unknown;
};

export function recordings(): readonly Recording[] {
  const specs = specsDirectory();
  if (specs === null) return [];
  const folder = join(specs, 'woocommerce/recorded');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      request: {},
      ...JSON.parse(readFileSync(join(folder, file), 'utf8')),
      name: file.slice(0, -'.json'.length),
    }));
}

export function recording(name: string): Recording {
  const found = recordings().find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`There is no recording ${name}.`);
  return found;
}

/** Answers every request with what is in `answer`, as the real shop did. */
export async function startReplay(): Promise<{
  readonly url: string;
  answer: Recording['response'];
  readonly server: Server;
}> {
  const replay = { url: '', answer: undefined as Recording['response'], server: null as unknown as Server };
  replay.server = createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.on('end', () => {
      const { status = 200, headers = {}, body } = replay.answer ?? {};
      outgoing.writeHead(Number(status), headers);
      outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => replay.server.listen(0, '127.0.0.1', resolve));
  replay.url = `http://127.0.0.1:${(replay.server.address() as AddressInfo).port}`;
  return replay;
}
