// Purchase orders and transfers: the states of a line, and what a person may do with it.

export const DELIVERY_KINDS = ['purchase', 'transfer'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

export const PURCHASE_STATES = ['draft', 'ordered', 'partly received', 'received', 'cancelled'] as const;
export const TRANSFER_STATES = ['draft', 'sent', 'partly received', 'received', 'cancelled'] as const;
export type DeliveryState = (typeof PURCHASE_STATES)[number] | (typeof TRANSFER_STATES)[number];

export const PURCHASE_ACTIONS = ['save draft', 'order', 'receive', 'close', 'cancel', 'reverse'] as const;
export const TRANSFER_ACTIONS = ['save draft', 'send', 'receive', 'write off', 'cancel', 'reverse'] as const;
export type DeliveryAction = (typeof PURCHASE_ACTIONS)[number] | (typeof TRANSFER_ACTIONS)[number];

export const SPREAD_WAYS = ['value', 'quantity'] as const;
export type SpreadWay = (typeof SPREAD_WAYS)[number];
