// The attack spellings that must not get out, by name before connecting and by address while connecting.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { ChannelManifest } from '../channels/manifest.ts';
import { createChannelHttp } from './create-channel-http.ts';
import { checkAddress, checkStoreAddress, type EgressPolicy, hostsOfStore } from './egress.ts';
import { createMemoryLimiters } from './limiter.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

const STRICT: EgressPolicy = { allowLoopback: false, hosts: 'any' };
const REHEARSAL: EgressPolicy = { allowLoopback: true, hosts: 'any' };

const LOOPBACK_SPELLINGS = [
  'https://localhost',
  'https://LOCALHOST',
  'https://localhost.',
  'https://shop.localhost',
  'https://localhost.localdomain',
  'https://127.0.0.1',
  'https://127.0.0.1.',
  'https://127.1',
  'https://127.0.1',
  'https://127.255.255.254',
  'https://2130706433', // decimal
  'https://017700000001', // octal
  'https://0x7f000001', // hexadecimal
  'https://0177.0.0.1',
  'https://0x7f.0.0.1',
  'https://0x7F.1',
  'https://127.0x0.0.01',
  'https://１２７.０.０.１', // full-width digits
  'https://127。0。0。1', // ideographic full stops
  'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'https://%31%32%37.0.0.1',
  'https://[::1]',
  'https://[0:0:0:0:0:0:0:1]',
  'https://[::ffff:127.0.0.1]',
  'https://[::ffff:7f00:1]',
  'https://[::127.0.0.1]', // IPv4-compatible
  'https://0.0.0.0',
  'https://0',
  'https://[::]',
];
const PRIVATE_SPELLINGS = [
  'https://10.0.0.1',
  'https://167772161', // 10.0.0.1 in decimal
  'https://172.16.0.1',
  'https://172.31.255.255',
  'https://192.168.1.1',
  'https://0300.0250.1.1', // 192.168.1.1 in octal
  'https://100.64.0.1',
  'https://192.0.0.192',
  'https://198.18.0.1',
  'https://224.0.0.1',
  'https://255.255.255.255',
  'https://[fe80::1]',
  'https://[febf::1]',
  'https://[fc00::1]',
  'https://[fd12:3456:789a::1]',
  'https://[fec0::1]',
  'https://[ff02::1]',
  'https://[::ffff:10.0.0.1]',
  'https://[::ffff:0:10.0.0.1]',
  'https://[64:ff9b::7f00:1]', // NAT64
  'https://[64:ff9b::10.0.0.1]',
  'https://[64:ff9b:1::1]', // local-use NAT64
  'https://[2002:7f00:1::]', // 6to4
  'https://[2002:a00:1::1]',
  'https://[2001::7f00:1]', // Teredo
  'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  'https://[2001:db8::1]',
  'https://[3fff::1]',
  'https://[100::1]',
];
const METADATA_SPELLINGS = [
  'https://169.254.169.254',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166', // 169.254.169.254 in decimal
  'https://0xa9fea9fe',
  'https://0251.0376.0251.0376',
  'https://[::ffff:169.254.169.254]',
  'https://[::ffff:a9fe:a9fe]',
  'https://[fd00:ec2::254]',
  'https://169.254.170.2',
  'https://100.100.100.200',
  'https://metadata.google.internal',
  'https://metadata.google.internal.',
  'https://metadata',
  'https://instance-data.ec2.internal',
  'https://kubernetes.default.svc.cluster.local',
  'https://router.lan',
  'https://postgres',
];
const OTHER_SPELLINGS = [
  'http://shop.example.com', // keys would travel in the open
  'ftp://shop.example.com',
  'file:///etc/passwd',
  'gopher://shop.example.com',
  'javascript:alert(1)',
  'data:text/html,hi',
  'https://shop.example.com:8443',
  'https://shop.example.com:80',
  'shop.example.com:22',
  'https://user@shop.example.com',
  'https://user:password@shop.example.com',
  'https://shop.example.com@127.0.0.1',
  'https://shop.example.com\\@127.0.0.1',
  'https://127.0.0.1\\.shop.example.com',
  'https://127.0.0.1#@shop.example.com',
  'https://127.0.0.1?@shop.example.com',
  'https://shop.example.com\n.evil.example',
  'https://shop.exa\tmple.com',
  'https://[::1',
  'https://',
  'https://.',
  'https:///etc',
  '//127.0.0.1',
  '',
  '   ',
  'not an address',
  `https://${'a'.repeat(3_000)}.example.com`,
];

const ALL = [...LOOPBACK_SPELLINGS, ...PRIVATE_SPELLINGS, ...METADATA_SPELLINGS, ...OTHER_SPELLINGS];

describe('an address typed by a person', () => {
  test.each(ALL)('%j is refused with one sentence', (text) => {
    const check = checkStoreAddress(text, STRICT);
    if (check.ok) throw new Error(`let through as ${check.url.href}`);
    expect(check.message).toMatch(/^\S.{15,200}\.$/);
    expect(check.message).not.toMatch(/SSRF|loopback|RFC|undefined/);
  });

  test.each([...PRIVATE_SPELLINGS, ...METADATA_SPELLINGS])('%j is refused in rehearsal too', (text) => {
    expect(checkStoreAddress(text, REHEARSAL).ok).toBe(false);
  });

  test.each([
    ['https://shop.example.com', 'https://shop.example.com/'],
    ['  shop.example.com ', 'https://shop.example.com/'],
    ['https://SHOP.example.com/store/', 'https://shop.example.com/store/'],
    ['https://shop.example.com:443', 'https://shop.example.com/'],
    ['https://bücher.example.com', 'https://xn--bcher-kva.example.com/'],
    ['https://8.8.8.8', 'https://8.8.8.8/'],
    ['https://[2606:4700::1111]', 'https://[2606:4700::1111]/'],
  ])('%j passes as %s', (text, address) => {
    const check = checkStoreAddress(text, STRICT);
    expect(check.ok && check.url.href).toBe(address);
  });

  test.each(['http://127.0.0.1:8081', 'http://localhost:3000/wp', 'https://[::1]:9000'])(
    '%s is fine in rehearsal only',
    (text) => {
      expect(checkStoreAddress(text, REHEARSAL).ok).toBe(true);
      expect(checkStoreAddress(text, STRICT).ok).toBe(false);
    },
  );

  test('rehearsal never allows another scheme', () => {
    expect(checkStoreAddress('ftp://127.0.0.1', REHEARSAL).ok).toBe(false);
  });
});

describe('hosts', () => {
  const manifest = {
    credentialFields: [{ key: 'address', label: '', help: '', secret: false, required: true, kind: 'url' }],
    hosts: ['api.example.com', '{handle}.shops.example.com'],
  } as unknown as ChannelManifest;
  const hosts = hostsOfStore(manifest, { address: 'https://My.Shop.example/wp', handle: 'tea' });

  test("a store's hosts are its channel's own and the typed address", () => {
    expect(hosts).toEqual(['my.shop.example', 'api.example.com', 'tea.shops.example.com']);
  });

  test.each([
    ['https://my.shop.example/wp-json', true],
    ['https://my.shop.example./wp-json', true],
    ['https://api.example.com/v3', true],
    ['https://other.example.com/v3', false],
    ['https://api.example.com.evil.example/v3', false],
    ['https://evil.example/api.example.com', false],
  ])('%s may be called: %s', (address, expected) => {
    expect(checkAddress(address, { allowLoopback: false, hosts }).ok).toBe(expected);
  });

  test('a credential cannot smuggle another host in', () => {
    const odd = hostsOfStore(manifest, { address: 'https://a.example', handle: 'evil.example/#' });
    expect(odd).not.toContain('api.evil.example');
    expect(checkAddress('https://x.shops.example.com/', { allowLoopback: false, hosts: odd }).ok).toBe(false);
  });
});

describe('at the moment of connecting', () => {
  const call = async (policy: EgressPolicy, url: string): Promise<unknown> =>
    createChannelHttp({
      limiter: createMemoryLimiters(() => new Date())('one', { kind: 'concurrency', requestsAtOnce: 5 }),
      egress: policy,
      timeoutMs: 3_000,
      now: () => new Date(),
    })
      .send({ method: 'GET', url, repeatable: false })
      .then(
        (response) => response.status,
        (error: unknown) => error,
      );

  test.each([
    ['a private address', ['10.0.0.1']],
    ['the metadata address', ['169.254.169.254']],
    ['loopback', ['127.0.0.1']],
    ['loopback in IPv6', ['::1']],
    ['a mapped private address', ['::ffff:10.0.0.1']],
    ['NAT64 of loopback', ['64:ff9b::7f00:1']],
    ['a public and a private address together', ['93.184.216.34', '192.168.0.1']],
    ['nothing', []],
  ])('a public name that leads to %s is refused before anything is sent', async (_name, addresses) => {
    const resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const error = await call({ allowLoopback: false, hosts: 'any', resolve }, 'https://shop.example.com/');
    expect(error).toMatchObject({ kind: 'rejected', message: expect.stringContaining('private network') });
  });

  test('a name server that answers public first and private later gains nothing: every connection asks the guard', async () => {
    const server = createServer((_request, response) => response.end('inside'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    const answers = ['203.0.114.1', '127.0.0.1', '10.0.0.1'].values();
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return [{ address: answers.next().value ?? '127.0.0.1', family: 4 }];
    };
    const policy: EgressPolicy = { allowLoopback: false, hosts: 'any', resolve };
    // The check when the store was connected saw the public address; the later connections see the private ones.
    expect(checkAddress('https://rebind.example.com/', policy).ok).toBe(true);
    expect(await resolve('rebind.example.com')).toEqual([{ address: '203.0.114.1', family: 4 }]);
    expect(await call(policy, 'https://rebind.example.com/')).toMatchObject({ kind: 'rejected' });
    expect(await call(policy, 'https://rebind.example.com/')).toMatchObject({ kind: 'rejected' });
    expect(asked).toHaveLength(3);
    // In rehearsal a name that leads to loopback connects to exactly the address that was checked, once.
    const rehearsal: EgressPolicy = {
      allowLoopback: true,
      hosts: [],
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    };
    expect(await call(rehearsal, `http://localhost:${port}/`)).toBe(200);
    expect(connections).toBe(1);
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });
});

describe('addresses', () => {
  test.each(['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001:80b::200e'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
  test.each(['fe80::1%eth0', '2606:4700::1111%eth0', 'example.com', '', '1.2.3', '::ffff:8.8.8.8'])(
    '%j is not taken for a public address',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );
  test.each(['127.0.0.1', '127.8.8.8', '::1'])('%s is loopback', (address) =>
    expect(isLoopbackAddress(address)).toBe(true),
  );
  test.each(['128.0.0.1', '::2', 'localhost', '0.0.0.0'])('%s is not loopback', (address) =>
    expect(isLoopbackAddress(address)).toBe(false),
  );
});

test('a channel that signs over plain http may use it, and reaches no more with it than with https', () => {
  const signing = { allowLoopback: false, allowHttp: true, hosts: 'any' } as const;
  expect(checkStoreAddress('http://shop.example.com', signing).ok).toBe(true);
  expect(checkStoreAddress('http://shop.example.com', { ...signing, allowHttp: false }).ok).toBe(false);
  for (const address of [
    'http://127.0.0.1',
    'http://10.0.0.1',
    'http://shop.example.com:8080',
    'ftp://shop.example.com',
  ]) {
    expect(checkStoreAddress(address, signing).ok).toBe(false);
  }
});
