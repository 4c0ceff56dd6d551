// One rehearsal store: what it shows of a SKU, how long our last change took to get there, and buttons for what customers, shop
// owners and bad days do there; or, while nobody has connected it, the keys to paste.

import { badgeColour, badgeLetter } from '../../../shared/model/badge.ts';
import type {
  Arrival,
  RehearsalAction,
  RehearsalItem,
  RehearsalKey,
  RehearsalStore,
  Trouble,
} from '../rehearsal.ts';
import { byId, element } from './dom.ts';

export type Act = (storeId: string, action: RehearsalAction) => Promise<void>;

type Parts = {
  readonly store: RehearsalStore;
  readonly sku: string;
  readonly act: Act;
  readonly isMoved: (key: string, quantity: number) => boolean;
  /** The stores whose list of troubles is open; kept while the cards are drawn anew. */
  readonly openMenus: Set<string>;
};

const TROUBLES: readonly (readonly [Trouble, string])[] = [
  ['cut', 'Cut its network'],
  ['slow', 'Make it slow'],
  ['throttled', 'Refuse as too busy'],
  ['loseWebhooks', 'Lose its webhooks'],
];
const TROUBLE_WORDS: Readonly<Record<Trouble, string>> = {
  cut: 'network cut',
  slow: 'slow',
  throttled: 'too busy',
  loseWebhooks: 'no webhooks',
};

export const itemsOf = (store: RehearsalStore, sku: string): readonly RehearsalItem[] =>
  store.shelf.filter((item) => item.sku === sku);

export function storeCard(parts: Parts): HTMLElement {
  const { store, sku } = parts;
  const items = itemsOf(store, sku);
  const head = element('h3', {}, [
    badge(store.channelLabel),
    store.name,
    ...store.troubles.map((trouble) => element('em', { class: 'trouble' }, [TROUBLE_WORDS[trouble]])),
  ]);
  const body =
    store.toConnect !== null
      ? keysToPaste(store, store.toConnect)
      : [
          ...(items.length === 0
            ? [element('p', { class: 'absent' }, ['This store does not sell it.'])]
            : items.map((item) => itemLine(parts, item, items.length > 1))),
          ...(store.openOrders > 0 ? [lastOrder(parts)] : []),
          troublesOf(parts),
        ];
  return element('section', { class: 'card', 'aria-label': store.name }, [head, ...body]);
}

function badge(label: string): HTMLElement {
  const made = element('span', { class: 'badge', 'aria-hidden': 'true' }, [badgeLetter(label)]);
  made.style.background = badgeColour(label);
  return made;
}

type ButtonParts = { readonly action: RehearsalAction; readonly enabled?: boolean; readonly of?: string };

function actButton({ store, act }: Parts, label: string, { action, enabled = true, of = '' }: ButtonParts) {
  return element(
    'button',
    {
      type: 'button',
      id: `rehearse-${store.id}-${of}-${label.replaceAll(' ', '-')}`,
      disabled: !enabled,
      click: () => void act(store.id, action),
    },
    [label],
  );
}

function itemLine(parts: Parts, item: RehearsalItem, isOneOfSeveral: boolean): HTMLElement {
  const { store, act, isMoved } = parts;
  const { remoteId, quantity } = item;
  const moved = isMoved(`${store.id} ${remoteId}`, quantity);
  return element('div', { class: moved ? 'shown moved' : 'shown' }, [
    element('span', {}, [
      ...(isOneOfSeveral ? [item.title] : []),
      element('small', {}, [arrivalWords(store.arrivals[remoteId] ?? null, quantity)]),
    ]),
    actButton(parts, 'Buy 1', { action: { kind: 'buy', remoteId, quantity: 1 }, of: remoteId }),
    element(
      'button',
      { type: 'button', 'aria-label': 'Edit in store', click: () => editInStore(store, item, act) },
      ['Edit…'],
    ),
    element('b', {}, [String(quantity)]),
  ]);
}

const lastOrder = (parts: Parts): HTMLElement =>
  element('div', { class: 'actions' }, [
    element('span', { class: 'last-order' }, ['Your last order:']),
    actButton(parts, 'Fulfil', { action: { kind: 'fulfilLast' } }),
    actButton(parts, 'Cancel', { action: { kind: 'cancelLast' } }),
    actButton(parts, 'Refund, restock', { action: { kind: 'refundLast', restock: true } }),
    actButton(parts, 'Refund only', { action: { kind: 'refundLast', restock: false } }),
  ]);

function troublesOf(parts: Parts): HTMLElement {
  const { store, openMenus } = parts;
  const troubles = element('details', { class: 'troubles' }, [
    element('summary', {}, [store.troubles.length === 0 ? 'Make something go wrong' : 'In trouble']),
    element('div', { class: 'actions' }, [
      ...TROUBLES.map(([trouble, label]) =>
        actButton(parts, label, {
          action: { kind: 'trouble', trouble },
          enabled: !store.troubles.includes(trouble),
        }),
      ),
      actButton(parts, 'Back to normal', {
        action: { kind: 'backToNormal' },
        enabled: store.troubles.length > 0,
      }),
    ]),
  ]);
  troubles.open = openMenus.has(store.id) || store.troubles.length > 0;
  troubles.addEventListener('toggle', () => {
    if (troubles.open) openMenus.add(store.id);
    else openMenus.delete(store.id);
  });
  return troubles;
}

function keysToPaste(store: RehearsalStore, keys: readonly RehearsalKey[]): HTMLElement[] {
  const copy = (key: RehearsalKey, button: HTMLElement) =>
    navigator.clipboard.writeText(key.value).then(
      () => {
        button.textContent = 'Copied';
      },
      () => undefined,
    );
  return [
    element('p', {}, [
      `Not connected yet. In the sidebar choose Connect a store, then ${store.channelLabel}, and paste there:`,
    ]),
    element(
      'dl',
      { class: 'keys' },
      keys.flatMap((key) => {
        const button: HTMLElement = element(
          'button',
          { type: 'button', 'aria-label': `Copy ${key.label}`, click: () => void copy(key, button) },
          ['Copy'],
        );
        return [
          element('dt', {}, [key.label]),
          element('dd', {}, [element('code', {}, [key.value]), button]),
        ];
      }),
    ),
  ];
}

function arrivalWords(arrival: Arrival, shown: number): string {
  if (arrival === null) return '';
  const what = arrival.quantity === shown ? 'sent' : `${arrival.quantity} sent`;
  return `${what} in ${(arrival.tookMs / 1_000).toFixed(1)} s`;
}

function editInStore(store: RehearsalStore, item: RehearsalItem, act: Act): void {
  const box = byId('dialog') as HTMLDialogElement;
  const input = element('input', { class: 'answer', type: 'number', 'aria-labelledby': 'dialog-text' });
  input.value = String(item.quantity);
  const save = () => {
    box.close();
    const quantity = Number(input.value);
    if (Number.isInteger(quantity))
      void act(store.id, { kind: 'editQuantity', remoteId: item.remoteId, quantity });
  };
  box.oncancel = null;
  box.replaceChildren(
    element('h2', { id: 'dialog-title' }, [`Edit stock in ${store.name}`]),
    element('p', { id: 'dialog-text' }, [`As somebody would in the store's own pages: ${item.title}`]),
    input,
    element('div', { class: 'buttons' }, [
      element('button', { type: 'button', click: () => box.close() }, ['Cancel']),
      element('button', { type: 'button', class: 'primary', click: save }, ['Save in the store']),
    ]),
  );
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') save();
  });
  box.showModal();
  input.select();
}
