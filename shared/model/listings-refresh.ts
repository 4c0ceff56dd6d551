// When the listings of a store may be read anew as a whole: the rule protects the shops' listing APIs.

export const LISTINGS_REFRESH_EVERY_MS = 4 * 60 * 60_000;

/** Null: at once, for it was never done. */
export const nextListingsRefreshAt = (last: Date | null): Date | null =>
  last === null ? null : new Date(last.getTime() + LISTINGS_REFRESH_EVERY_MS);
