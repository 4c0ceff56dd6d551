// The long tasks whose progress a store shows, by the words people see.

export const REFRESH_INVENTORY = 'hard refresh inventory';
export const REFRESH_LISTINGS = 'hard refresh listings';
