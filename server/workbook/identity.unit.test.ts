// The local identity token: what Google's own library accepts, and what it refuses.

import { describe, expect, test } from '@jest/globals';
import { OAuth2Client } from 'google-auth-library';
import { createLocalIdentity } from './identity.ts';

const MIA = { email: 'mia@shop.example', name: 'Mia' };
const now = () => new Date();

describe("a local person's token", () => {
  test("is accepted by Google's library with the published keys, and says who it is", async () => {
    const identity = await createLocalIdentity(now);
    const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(
      identity.signIdentityToken(MIA),
      identity.certificates(),
      identity.audience,
      [identity.issuer],
    );
    expect(ticket.getPayload()).toMatchObject({ email: MIA.email, email_verified: true, name: 'Mia' });
  });

  test('is refused for another audience, another key, and when it has expired', async () => {
    const [identity, other] = [await createLocalIdentity(now), await createLocalIdentity(now)];
    const yesterday = await createLocalIdentity(() => new Date(Date.now() - 86_400_000));
    const client = new OAuth2Client();
    const verify = (token: string, certificates: Readonly<Record<string, string>>, audience: string) =>
      client.verifySignedJwtWithCertsAsync(token, certificates, audience, [identity.issuer]);
    const token = identity.signIdentityToken(MIA);
    await expect(verify(token, identity.certificates(), 'another')).rejects.toThrow('Wrong recipient');
    await expect(verify(token, other.certificates(), identity.audience)).rejects.toThrow('No pem found');
    await expect(
      verify(yesterday.signIdentityToken(MIA), yesterday.certificates(), identity.audience),
    ).rejects.toThrow('Token used too late');
  });

  test('the key set names the same key', async () => {
    const identity = await createLocalIdentity(now);
    const [head = ''] = identity.signIdentityToken(MIA).split('.');
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    expect(identity.jwks().keys.map((key) => key.kid)).toEqual([kid]);
  });
});
