// Battery: connecting with good and with bad credentials.

import { expect, it } from '@jest/globals';
import type { ChannelDefinition } from '../../server/channels/channel.ts';
import { rehearse } from './rehearsal.ts';

export function checkBattery(definition: ChannelDefinition): void {
  it('check names the store and finds no blocker with good credentials', async () => {
    const { channel } = await rehearse(definition);
    const report = await channel().check();
    expect(report.storeName).toEqual(expect.stringMatching(/\S/));
    expect(report.findings.filter(({ level }) => level === 'blocker')).toEqual([]);
    expect(report.locations.length > 0).toBe(definition.manifest.capabilities.locations);
  });

  const secretFields = definition.manifest.credentialFields.filter(
    ({ secret, provable }) => secret && provable !== false,
  );
  it.each(secretFields.map(({ key }) => key))('check finds a wrong %s in a sentence', async (key) => {
    const { shop, channel } = await rehearse(definition);
    const report = await channel({ credentials: { ...shop.credentials, [key]: 'wrong' } }).check();
    const blockers = report.findings.filter(({ level }) => level === 'blocker');
    expect(blockers.map(({ message }) => message)).toEqual([expect.stringMatching(/^[A-Z].+\.$/)]);
  });

  it('check finds missing credentials in a sentence', async () => {
    const { channel } = await rehearse(definition);
    const report = await channel({ credentials: {} }).check();
    expect(report.findings).toContainEqual({
      level: 'blocker',
      message: expect.stringMatching(/^.+\.$/),
    });
  });

  it('check finds a token that was revoked', async () => {
    const { shop, channel } = await rehearse(definition);
    shop.setFault('revoked');
    const report = await channel().check();
    expect(report.findings.map(({ level }) => level)).toContain('blocker');
  });
}
