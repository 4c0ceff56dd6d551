// Checks that the server answers, here and at its public address, and that it is this one that answers there.

import { randomUUID } from 'node:crypto';
import { sizeInWords } from '../../shared/model/duration.ts';
import type { Config } from '../config.ts';
import type { ApiKey } from '../http/api-keys.ts';
import { signRequest } from '../http/sign-request.ts';
import { type Probe, probe } from '../net/probe.ts';
import { compareClocks } from './clocks.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

const DAY_MS = 24 * 3_600_000;
const CERTIFICATE_DAYS_MIN = 14;
/** Whoever answers there may say anything. */
const SAID_MAX = 200;
/** Any signed request that changes nothing. */
const SIGNED_PATH = '/api/stores';

/** `key`: one of this server's own; null when none can be read. */
export async function checkServer(
  config: Config,
  key: ApiKey | null,
  now: Date,
): Promise<readonly Finding[]> {
  if (config.publicUrl !== null) return checkPublic(config.publicUrl, key, now);
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
  const asked = await probe(`${address}/ready`);
  const noPublic =
    config.google === null
      ? note(
          'Public address',
          'PUBLIC_URL is not set: shops cannot tell of orders, so these are only pulled.',
        )
      : wrong(
          'Public address',
          'PUBLIC_URL is not set, so neither the sheet nor a shop can reach this server. Set it to the https address of this server and start it anew.',
        );
  if (!asked.ok) {
    return [wrong('Server', `No server answers at ${address}. Start it: npm start.`), noPublic];
  }
  return [readiness(address, asked), noPublic];
}

function readiness(address: string, asked: Extract<Probe, { ok: true }>): Finding {
  if (asked.status === 200) return ok('Server', `answers at ${address}`);
  if (asked.status === 503)
    return wrong('Server', `The server at ${address} is not ready: ${messageOf(asked.text)}`);
  const message = `Something else than Stocksheet answers at ${address} (${asked.status}). Check the address, and what stands in front of the server.`;
  return wrong('Server', message);
}

async function checkPublic(publicUrl: string, key: ApiKey | null, now: Date): Promise<readonly Finding[]> {
  const asked = await probe(`${publicUrl}/ready`);
  if (!asked.ok) return [wrong('Server', unreachable(publicUrl, asked.code, asked.message))];
  const ready = readiness(publicUrl, asked);
  const findings = [ready, ...certificate(publicUrl, asked.certificateEndsAt, now)];
  if (asked.atMs !== null)
    findings.push(compareClocks(`the server at ${publicUrl}`, asked.atMs, now.getTime()));
  if (ready.level !== 'ok' || key === null) return findings;
  const signed = signRequest({
    ...key,
    method: 'GET',
    pathAndQuery: SIGNED_PATH,
    body: '',
    now,
    nonce: randomUUID(),
  });
  const own = await probe(publicUrl + SIGNED_PATH, { headers: signed });
  if (own.ok && own.status === 200) return findings;
  const said = own.ok ? `${own.status}: ${messageOf(own.text)}` : own.message;
  const message = `What answers at ${publicUrl} does not take the keys of this database (${said}). It is another Stocksheet, or what stands in front of the server changes requests: it must pass the path and the headers x-key-id, x-timestamp, x-nonce and x-signature as they are.`;
  return [...findings, wrong('Server', message)];
}

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return String(error?.message ?? text).slice(0, SAID_MAX);
  } catch {
    return text.slice(0, SAID_MAX);
  }
}

function certificate(address: string, endsAt: Date | null, now: Date): Finding[] {
  if (endsAt === null) return [];
  const leftMs = endsAt.getTime() - now.getTime();
  const day = endsAt.toISOString().slice(0, 10);
  if (leftMs > CERTIFICATE_DAYS_MIN * DAY_MS) return [ok('Certificate', `valid until ${day}`)];
  const message = `The certificate of ${address} ends on ${day}, in ${sizeInWords(Math.max(0, leftMs))}. Have it renewed, or shops and the sheet stop reaching this server.`;
  return [note('Certificate', message)];
}

const CERTIFICATE_REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired. Renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, or the clock of this server is wrong. Check both',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by itself, which neither Google nor a shop accepts. Use one of a public authority, such as Let’s Encrypt',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is signed by an authority of your own, which neither Google nor a shop accepts. Use one of a public authority, such as Let’s Encrypt',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes without those in between. Let the server send the whole chain (fullchain.pem)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name. Get one for this name',
};

export function unreachable(address: string, code: string, said: string): string {
  const remedy = CERTIFICATE_REMEDIES[code];
  if (remedy !== undefined) return `${address} cannot be trusted: ${remedy}.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name in ${address} is not known. Correct PUBLIC_URL, or make the DNS entry for it.`;
  if (code === 'ECONNREFUSED')
    return `Nothing answers at ${address}. Start the server (npm start), and check that the proxy in front of it runs and the port is open.`;
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return `${address} does not answer in time. Check the firewall, and that the port is open to the internet.`;
  return `${address} cannot be reached: ${said}. Check PUBLIC_URL and the proxy in front of the server.`;
}
