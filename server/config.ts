// The one place that reads the environment: every setting, what may stand in it, and what to do when it is
// wrong.

import { z } from 'zod';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const DAY_SECONDS = 86_400;

export const MASTER_KEY_BYTES = 32;

const url = (protocols: readonly string[], remedy: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), remedy);

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `must be a whole number from ${least} to ${most}. Correct it, or remove it to use the default`,
    )
    .transform(Number);

const mailAddress = z
  .string()
  .regex(/^[^\s@,;<>"]+@[^\s@,;<>"]+$/, 'must be one e-mail address, such as stock@example.com');

const masterKey = z.string().transform((text, context): Buffer => {
  const key = readKey(text);
  if (key !== null) return key;
  const remedy = 'Make one with: openssl rand -base64 32';
  context.addIssue({
    code: 'custom',
    message: `must be ${MASTER_KEY_BYTES} bytes in base64 or hex. ${remedy}`,
  });
  return z.NEVER;
});

const Environment = z.object({
  DATABASE_URL: url(
    ['postgres:', 'postgresql:'],
    'must look like postgresql://user:password@host:5432/name. Correct it, or remove it to use the built-in database',
  ).optional(),
  DATA_DIR: z.string().default('data'),
  REDIS_URL: url(
    ['redis:', 'rediss:'],
    'must look like redis://host:6379. Correct it, or remove it to keep the queue in the database',
  ).optional(),
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url(
    ['https:'],
    'must be the https:// address where stores reach this server. Correct it, or remove it to do without webhooks',
  )
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  MASTER_KEY: masterKey.optional(),
  MASTER_KEY_PREVIOUS: masterKey.optional(),
  ADMIN_PASSWORD: z
    .string()
    .min(
      12,
      'must have at least 12 characters. Choose a longer one, or remove it to close the pages behind it',
    )
    .optional(),
  GOOGLE_SERVICE_ACCOUNT_FILE: z.string().optional(),
  SPREADSHEET_ID: z
    .string()
    .regex(/^[\w-]{20,}$/, 'must be the long part between /d/ and /edit in the address of the Google Sheet')
    .optional(),
  SMTP_URL: url(
    ['smtp:', 'smtps:'],
    'must look like smtps://user:password@mail.example.com. Correct it, or remove it to do without e-mail',
  ).optional(),
  MAIL_TO: mailAddress.optional(),
  MAIL_FROM: mailAddress.optional(),
  ORDERS_EVERY_SECONDS: wholeNumber(10, DAY_SECONDS).optional(),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}. Correct it, or remove it to use the default`)
    .default('info'),
  ALLOW_LOOPBACK_STORES: z
    .enum(['true', 'false'], 'must be true or false. Only the rehearsal needs true')
    .default('false')
    .transform((text) => text === 'true'),
  STOP_DEADLINE_SECONDS: wholeNumber(1, 600).default(20),
});
type Environment = z.infer<typeof Environment>;

export type Config = {
  /** Null: the built-in PostgreSQL, with its files under dataDir. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Null: the queue is kept in the database. */
  readonly redisUrl: string | null;
  readonly port: number;
  readonly host: string;
  /** Where stores can reach us, without a slash at the end; null: no webhooks. */
  readonly publicUrl: string | null;
  /** Null: kept in a file under dataDir (master-key.ts). */
  readonly masterKey: Buffer | null;
  /** Still opens what it sealed; nothing new is sealed with it. */
  readonly masterKeyPrevious: Buffer | null;
  readonly adminPassword: string | null;
  /** Null: the local workbook. */
  readonly google: { readonly serviceAccountFile: string; readonly spreadsheetId: string } | null;
  /** Where the daily summary is mailed; null: nowhere. */
  readonly mail: { readonly smtpUrl: string; readonly to: string; readonly from: string } | null;
  /** How often orders are pulled; never faster than a shop's limits allow. Null: as often as they allow. */
  readonly ordersEveryMs: number | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Stores on this machine may be connected: for the rehearsal only. */
  readonly allowLoopbackStores: boolean;
  readonly stopDeadlineMs: number;
};

export type ConfigReading =
  | { readonly ok: true; readonly config: Config }
  /** One sentence each: which setting, what is wrong, what to do. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads all settings at once. Variables it does not know, and empty ones, are as if they were not there. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigReading {
  const given = Object.fromEntries(
    Object.entries(environment)
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`);
  problems.push(...missingPartners(given));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, config: toConfig(parsed.data) };
}

/** The environment of this process. */
export const readProcessConfig = (): ConfigReading => readConfig(process.env);

const CHOSEN_FOR_A_REHEARSAL = ['PORT', 'DATA_DIR', 'LOG_LEVEL', 'ORDERS_EVERY_SECONDS'] as const;

/** For the rehearsal: its own settings, and nothing of the environment that could lead to real stores or a real database. */
export function readRehearsalConfig(own: Readonly<Record<string, string>>): ConfigReading {
  const chosen = CHOSEN_FOR_A_REHEARSAL.map((name) => [name, process.env[name]] as const);
  return readConfig({ ...own, ...Object.fromEntries(chosen.filter(([, value]) => value !== undefined)) });
}

function missingPartners(given: Readonly<Record<string, string | undefined>>): string[] {
  const pairs = [
    [
      'GOOGLE_SERVICE_ACCOUNT_FILE',
      'SPREADSHEET_ID',
      'to use a Google Sheet, or neither to use the local one',
    ],
    ['SMTP_URL', 'MAIL_TO', 'to get the daily summary by e-mail, or neither to do without'],
  ] as const;
  return pairs.flatMap(([one, other, remedy]) => {
    if ((given[one] === undefined) === (given[other] === undefined)) return [];
    const [present, missing] = given[one] === undefined ? [other, one] : [one, other];
    return [`${missing} is missing but ${present} is set. Set both ${remedy}.`];
  });
}

/** 32 bytes written in base64, base64url or hex; null when the text is anything else. */
export function readKey(text: string): Buffer | null {
  const key = /^[0-9a-f]{64}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : /^[\w+/-]{43}=?$/.test(text)
      ? Buffer.from(text, 'base64')
      : null;
  return key?.length === MASTER_KEY_BYTES ? key : null;
}

function toConfig(settings: Environment): Config {
  const { GOOGLE_SERVICE_ACCOUNT_FILE: serviceAccountFile, SPREADSHEET_ID: spreadsheetId } = settings;
  const { SMTP_URL: smtpUrl, MAIL_TO: to, MAIL_FROM: from } = settings;
  return {
    databaseUrl: settings.DATABASE_URL ?? null,
    dataDir: settings.DATA_DIR,
    redisUrl: settings.REDIS_URL ?? null,
    port: settings.PORT,
    host: settings.HOST,
    publicUrl: settings.PUBLIC_URL ?? null,
    masterKey: settings.MASTER_KEY ?? null,
    masterKeyPrevious: settings.MASTER_KEY_PREVIOUS ?? null,
    adminPassword: settings.ADMIN_PASSWORD ?? null,
    google:
      serviceAccountFile === undefined || spreadsheetId === undefined
        ? null
        : { serviceAccountFile, spreadsheetId },
    mail: smtpUrl === undefined || to === undefined ? null : { smtpUrl, to, from: from ?? to },
    ordersEveryMs: settings.ORDERS_EVERY_SECONDS === undefined ? null : settings.ORDERS_EVERY_SECONDS * 1_000,
    logLevel: settings.LOG_LEVEL,
    allowLoopbackStores: settings.ALLOW_LOOPBACK_STORES,
    stopDeadlineMs: settings.STOP_DEADLINE_SECONDS * 1_000,
  };
}
