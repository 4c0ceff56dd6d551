// What a person may do, and as what new people join.

/** From the least to the most. viewer: looks. staff: stock and everyday work. owner: everything. */
export const PERSON_ROLES = ['viewer', 'staff', 'owner'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** As what somebody joins who opens the sheet for the first time. */
export const JOIN_RULES = ['staff', 'viewer', 'nobody'] as const;
export type JoinRule = (typeof JOIN_RULES)[number];
