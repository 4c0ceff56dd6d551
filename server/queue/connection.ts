// BullMQ on PostgreSQL or on Redis: the one place that knows the difference. One pool or client for all of a
// process.

import {
  createPostgresBackend,
  type PostgresConnectionOptions,
  type Processor,
  Queue,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { ATTEMPTS_MAX } from './back-off.ts';

/** What travels in a job. Never truth and never a secret: the queue's store keeps it in clear. */
export type Payload = { readonly storeId: string | null; readonly data: Readonly<Record<string, string>> };
export type TickPayload = Payload & { readonly wakes?: string };

export type LaneQueue = Queue<TickPayload>;
export type LaneWorker = Worker<TickPayload>;
export type JobProcessor = Processor<TickPayload>;

export type Connection = {
  readonly queue: (name: string) => LaneQueue;
  readonly worker: (
    name: string,
    processor: JobProcessor,
    options: Omit<WorkerOptions, 'connection'>,
  ) => LaneWorker;
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type QueueTarget = { readonly databaseUrl: string } | { readonly redisUrl: string };

const SCHEMA = 'bullmq';
// Each worker keeps one connection to listen on; the rest is for queries.
const POOL_MAX = 10;
const CONNECT_MS = 5_000;
// Nobody reads the event stream; the smallest that BullMQ trims to.
const EVENTS = { streams: { events: { maxLen: 100 } } };
/** The same for every job: bounded attempts, our own back-off, and a short history. */
const defaultJobOptions = {
  attempts: ATTEMPTS_MAX,
  backoff: { type: 'capped' },
  removeOnComplete: { count: 20 },
  removeOnFail: { count: 200 },
};
const QUEUE_OPTIONS = { ...EVENTS, defaultJobOptions };

export const connect = (target: QueueTarget, onError: (error: Error) => void): Promise<Connection> =>
  'redisUrl' in target
    ? connectRedis(target.redisUrl, onError)
    : connectPostgres(target.databaseUrl, onError);

async function connectPostgres(url: string, onError: (error: Error) => void): Promise<Connection> {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_MAX,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    options: `-c search_path=${SCHEMA}`,
  });
  pool.setMaxListeners(0);
  pool.on('error', onError);
  // Also while it is lent out: nobody else listens then, and the process would end.
  pool.on('connect', (client) => client.on('error', onError));
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  // pg's types and BullMQ's own idea of them differ in what may be undefined.
  const connection = pool as unknown as PostgresConnectionOptions;
  // The classes' types name the backend; what we use of them is the same for both.
  return {
    queue: (name) =>
      new Queue(name, { ...QUEUE_OPTIONS, connection }, createPostgresBackend) as unknown as LaneQueue,
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection }, createPostgresBackend) as unknown as LaneWorker,
    ping: async () => void (await pool.query('select 1')),
    close: () => pool.end(),
  };
}

async function connectRedis(url: string, onError: (error: Error) => void): Promise<Connection> {
  const client = new Redis(url, {
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    lazyConnect: true,
  });
  client.setMaxListeners(0);
  client.on('error', onError);
  try {
    await client.connect();
  } catch (error) {
    // It would go on trying for ever.
    client.disconnect();
    throw error;
  }
  const shared = { connection: client, prefix: 'stocksheet' };
  return {
    queue: (name) => new Queue(name, { ...QUEUE_OPTIONS, ...shared }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, ...shared }),
    ping: async () => void (await client.ping()),
    close: async () => client.disconnect(),
  };
}
