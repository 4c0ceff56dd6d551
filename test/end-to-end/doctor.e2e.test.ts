// `npm run doctor` as it is run: beside a running server, behind a certificate of its own, and after the server was stopped.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '../../server/demo/check-report.ts';

const program = (name: string) => fileURLToPath(new URL(`../../server/${name}`, import.meta.url));
const PATIENCE_MS = 60_000;
/** Where this is missing the suite is skipped; in CI it fails instead. */
const canMakeCertificates =
  process.env['CI'] === 'true' || spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;
const testBehindTls = canMakeCertificates ? test : test.skip;

let folder: string;
let proxy: Server;
let behind = '';
let environment: Record<string, string>;
let server: ChildProcess | null = null;
beforeEach(async () => {
  if (!canMakeCertificates) return;
  folder = await mkdtemp(join(tmpdir(), 'stocksheet-doctor-'));
  // Where root runs this, PostgreSQL runs as somebody else.
  await chmod(folder, 0o755);
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '90'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
      ...subject,
    ],
    { stdio: 'ignore' },
  );
  proxy = createServer(
    { key: await readFile(key), cert: await readFile(certificate) },
    (incoming, outgoing) => {
      const { method, url, headers } = incoming;
      if (behind === '') return void outgoing.destroy();
      const passed = request(behind + url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', () => outgoing.destroy());
      incoming.pipe(passed);
    },
  );
  await new Promise<void>((resolve) => proxy.listen(0, 'localhost', resolve));
  environment = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    PORT: '0',
    PUBLIC_URL: `https://localhost:${(proxy.address() as AddressInfo).port}`,
    NODE_EXTRA_CA_CERTS: certificate,
  };
});
afterEach(async () => {
  if (!canMakeCertificates) return;
  await stop();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = spawn(process.execPath, [program('main.ts')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  server.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = () => server?.exitCode !== null;
  if (!(await until(() => said.includes('answers at') || ended(), PATIENCE_MS)) || ended())
    throw new Error('The server did not start.');
  behind = /answers at (\S+)/.exec(said)?.[1] ?? '';
}

async function stop(): Promise<void> {
  if (server === null || server.exitCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}

async function doctor(more: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [program('doctor.ts')], {
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

testBehindTls(
  'beside a server that is well nothing is wrong; without it the doctor says what to start',
  async () => {
    const never = await doctor();
    expect(never).toMatchObject({ code: 1 });
    expect(never.said).toContain('Start the server once: npm start.');
    await start();
    const beside = await doctor();
    expect(beside.said).toContain(`ok    Server             answers at ${environment['PUBLIC_URL']}`);
    expect(beside.said).toMatch(/ok {4}Certificate +valid until/);
    expect(beside.said).toContain('Nothing is wrong.');
    expect(beside.code).toBe(0);
    const untrusted = await doctor({ NODE_EXTRA_CA_CERTS: '' });
    expect(untrusted.said).toMatch(
      /WRONG Server .*signed by itself, which neither Google nor a shop accepts/,
    );
    const misnamed = await doctor({
      PUBLIC_URL: (environment['PUBLIC_URL'] ?? '').replace('localhost', '127.0.0.1'),
    });
    expect(misnamed.said).toMatch(/WRONG Server .*certificate is for another name/);
    await stop();
    const alone = await doctor();
    expect(alone.code).toBe(1);
    // The built-in database was started for the doctor alone.
    expect(alone.said).toContain('ok    Database           answers and is up to date');
    expect(alone.said).toMatch(/WRONG Server .*cannot be reached: socket hang up/);
  },
);

testBehindTls('another Stocksheet at the public address is found out', async () => {
  await start();
  const other = await mkdtemp(join(folder, 'other-'));
  await chmod(other, 0o755);
  const own = { ...environment };
  environment = { ...environment, DATA_DIR: other };
  await stop();
  await start();
  environment = own;
  const { code, said } = await doctor();
  expect(said).toMatch(/WRONG Server .*does not take the keys of this database.*It is another Stocksheet/);
  expect(code).toBe(1);
});

testBehindTls('settings that cannot be read are named, all of them', async () => {
  const { code, said } = await doctor({ PORT: 'http', SPREADSHEET_ID: 'short' });
  expect(said).toContain('WRONG Settings           PORT must be a whole number');
  expect(said).toContain('WRONG Settings           SPREADSHEET_ID must be the long part');
  expect(code).toBe(1);
});
