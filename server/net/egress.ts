// The guard of everything that leaves this server: where a request may go, decided by name before and by address at
// the moment of connecting.

import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { ChannelManifest, Credentials } from '../channels/manifest.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

export type EgressPolicy = {
  /** For rehearsal stores only: this machine itself may be called, with http and on any port. */
  readonly allowLoopback: boolean;
  /** Plain http may be used: the channel signs its requests, so that no key travels. */
  readonly allowHttp?: boolean;
  /** The only names that may be called. `any`: an address that a person is typing right now. */
  readonly hosts: readonly string[] | 'any';
  /** How names become addresses; the system's way unless a test plays a name server. */
  readonly resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
};

export type AddressCheck =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly message: string };

const ADDRESS_LENGTH_MAX = 2_000;
const LOCAL_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|arpa|onion)$/;
// Every character an address has no business with: blanks inside it, control characters, backslashes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming control characters is the point of this expression.
const ODD_CHARACTERS = /[\s\\\u0000-\u001f\u007f-\u00a0]/;

/** Reads a store address typed by a person; `https://` may be left out. */
export function checkStoreAddress(text: string, policy: EgressPolicy): AddressCheck {
  const trimmed = text.trim();
  if (trimmed === '') return refuse('Fill in the store address, such as https://myshop.example.');
  if (trimmed.length > ADDRESS_LENGTH_MAX || ODD_CHARACTERS.test(trimmed)) return notAnAddress;
  return checkAddress(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`, policy);
}

/** Decides about a complete address. A name that passes may still lead to a private address: see guardedLookup. */
export function checkAddress(text: string, policy: EgressPolicy): AddressCheck {
  if (!URL.canParse(text)) return notAnAddress;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return refuse('The store address contains a user name or password. Type the address without it.');
  }
  const host = bareHost(url.hostname);
  if (policy.allowLoopback && (host === 'localhost' || isLoopbackAddress(host))) {
    return url.protocol === 'http:' || url.protocol === 'https:' ? { ok: true, url } : notHttps;
  }
  if (url.protocol !== 'https:' && !(policy.allowHttp === true && url.protocol === 'http:')) return notHttps;
  if (url.port !== '') {
    return refuse(`The store address names the port ${url.port}. Use the address without a port.`);
  }
  if (isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host)) return refuse(privateSentence(host));
  if (policy.hosts !== 'any' && !policy.hosts.some((known) => isHost(known, host))) {
    return refuse(`"${host}" is not an address of this store, so nothing was sent there.`);
  }
  return { ok: true, url };
}

/** The hosts of one store: its channel's own ones and those typed in its credentials. */
export function hostsOfStore(manifest: ChannelManifest, credentials: Credentials): readonly string[] {
  const typed = manifest.credentialFields
    .filter((field) => field.kind === 'url')
    .map((field) => credentials[field.key] ?? '');
  const named = manifest.hosts.map((pattern) =>
    pattern.replace(/\{(\w+)\}/g, (_match, key: string) => credentials[key] ?? ''),
  );
  const ownHosts = typed.flatMap(hostOf).filter((host) => !host.startsWith('*'));
  return [...new Set([...ownHosts, ...named.flatMap(hostOf)])];
}

const isHost = (known: string, host: string): boolean =>
  known.startsWith('*.') ? host.endsWith(known.slice(1)) : known === host;

/** What stops a connection at the last moment. */
export class EgressRefusal extends Error {
  override readonly name = 'EgressRefusal';
}

/**
 * A lookup for sockets: the addresses it answers are the ones connected to, so a name server that changes its mind
 * between a check and the connection gains nothing. One private address among several is enough to refuse.
 */
export function guardedLookup(policy: EgressPolicy): LookupFunction {
  const resolve = policy.resolve ?? resolveWithSystem;
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const first = addresses[0];
        const isFine = ({ address }: LookupAddress): boolean =>
          isPublicAddress(address) || (policy.allowLoopback && isLoopbackAddress(address));
        if (first === undefined || !addresses.every(isFine)) {
          callback(new EgressRefusal(privateSentence(hostname)), '', 0);
        } else if (options.all === true) {
          callback(null, [...addresses]);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

const resolveWithSystem = (hostname: string): Promise<readonly LookupAddress[]> =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/** Without the brackets of IPv6 and the dot that may end a complete name. */
const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

const isLocalName = (host: string): boolean => !host.includes('.') || LOCAL_NAMES.test(host);

function hostOf(text: string): readonly string[] {
  const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(complete) ? [bareHost(new URL(complete).hostname)] : [];
}

const refuse = (message: string): AddressCheck => ({ ok: false, message });
const notAnAddress = refuse(
  'This is not a store address. Type it as in the browser, such as https://myshop.example.',
);
const notHttps = refuse(
  'The store address must begin with https://, so that the keys are not sent in the open.',
);
const privateSentence = (host: string): string =>
  `"${host}" leads to a private network, where no store can be. Type the address that customers use.`;
