// Which network addresses are out in the open internet, and which belong to this machine or a private network.

import { BlockList, isIP } from 'node:net';

/** Special-purpose ranges of the IANA registries. Everything else in IPv4 is public. */
const NOT_PUBLIC_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Inside 2000::/3, the only public part of IPv6: protocol assignments with Teredo, documentation, 6to4, SRv6. */
const NOT_PUBLIC_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const;

const closedV4 = new BlockList();
for (const [address, bits] of NOT_PUBLIC_V4) closedV4.addSubnet(address, bits, 'ipv4');
const closedV6 = new BlockList();
for (const [address, bits] of NOT_PUBLIC_V6) closedV6.addSubnet(address, bits, 'ipv6');
const openV6 = new BlockList();
openV6.addSubnet('2000::', 3, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True only for an IP address that anybody in the internet may have. */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false; // a zone belongs to one network of this machine
  switch (isIP(address)) {
    case 4:
      return !closedV4.check(address, 'ipv4');
    case 6:
      return openV6.check(address, 'ipv6') && !closedV6.check(address, 'ipv6');
    default:
      return false;
  }
}

export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
