// When access ends by itself: a client secret 180 days after it was made, an authorization by a person 365 days after it was
// given.

import type { AccessEnd } from '../channel.ts';
import type { Credentials } from '../manifest.ts';

const DAY_MS = 24 * 3_600_000;
const SECRET_LIFE_MS = 180 * DAY_MS;
const AUTHORIZATION_LIFE_MS = 365 * DAY_MS;

/** When a person last allowed the app in; kept with the credentials. */
export const AUTHORIZED_ON = 'authorizedOn';

export const SECRET_REMEDY =
  'In Seller Central under Apps and Services > Develop Apps choose View beside your app and rotate the secret, then connect the ' +
  'store again with it. The refresh token stays good.';

/** Null: no day was typed, or it is none. */
export function secretMadeAt(credentials: Credentials): Date | null {
  const text = (credentials['secretRotatedOn'] ?? '').trim();
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}

export const secretEndsAt = (credentials: Credentials): Date | null => {
  const madeAt = secretMadeAt(credentials);
  return madeAt === null ? null : new Date(madeAt.getTime() + SECRET_LIFE_MS);
};

/** Whichever comes first. */
export function accessEnds(credentials: Credentials): AccessEnd | null {
  const secret = secretEndsAt(credentials);
  const given = new Date(credentials[AUTHORIZED_ON] ?? Number.NaN).getTime();
  const ends: AccessEnd[] = [];
  if (secret !== null) {
    ends.push({
      at: secret,
      message: `Amazon ends the client secret 180 days after it was made. ${SECRET_REMEDY}`,
    });
  }
  if (!Number.isNaN(given)) {
    ends.push({
      at: new Date(given + AUTHORIZATION_LIFE_MS),
      message:
        'Amazon wants the app allowed in again every 365 days. Connect the store again at Amazon before then.',
    });
  }
  return ends.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}
