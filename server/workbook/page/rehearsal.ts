// The panel beside the grid: what each rehearsal store shows for one SKU, how long our last change took to get there, and
// buttons for what customers, shop owners and bad days do there.

import type { Arrival, RehearsalAction, RehearsalItem, RehearsalStore, Trouble } from '../rehearsal.ts';
import { byId, element } from './dom.ts';
import { server } from './server.ts';

const EVERY_MS = 1_000;
const SKU_KEY = 'stocksheet.rehearsal.sku';

export type RehearsalPanel = { readonly choose: (sku: string) => void };
type Act = (storeId: string, action: RehearsalAction) => Promise<void>;

const TROUBLES: readonly (readonly [Trouble, string])[] = [
  ['cut', 'Cut its network'],
  ['slow', 'Make it slow'],
  ['throttled', 'Answer 429'],
  ['loseWebhooks', 'Lose its webhooks'],
];

export function startRehearsal(panel: HTMLElement): RehearsalPanel {
  const list = element('select', { id: 'rehearsal-sku' });
  const cards = element('div', { class: 'cards' });
  const said = element('p', { class: 'said', role: 'status' });
  panel.replaceChildren(
    element('header', {}, [
      element('h2', {}, ['Rehearsal']),
      element('p', {}, ['What each store shows right now.']),
    ]),
    element('label', { for: 'rehearsal-sku' }, ['SKU', list]),
    said,
    cards,
  );
  said.textContent = 'Choose a SKU here, or click a row of Inventory. Then buy, cancel or refund in a store.';
  let wanted = localStorage.getItem(SKU_KEY) ?? '';
  let drawn = '';
  let shownBefore = new Map<string, number>();
  const openMenus = new Set<string>();

  const act: Act = async (storeId, action) => {
    const result = await server.rehearse(storeId, action);
    said.textContent = result.message ?? '';
    await update();
  };

  async function update(): Promise<void> {
    const { stores } = await server.rehearsal(wanted);
    fillList(list, stores, wanted);
    if (list.value !== wanted && list.value !== '') {
      wanted = list.value;
      return update();
    }
    const picture = JSON.stringify([
      wanted,
      stores.map((store) => [store.openOrders, store.troubles, store.arrivals, itemsOf(store, wanted)]),
    ]);
    if (picture === drawn) return;
    drawn = picture;
    const shown = new Map<string, number>();
    const isMoved = (key: string, quantity: number): boolean => {
      shown.set(key, quantity);
      return shownBefore.has(key) && shownBefore.get(key) !== quantity;
    };
    const focused = document.activeElement?.id ?? '';
    cards.replaceChildren(...stores.map((store) => card(store, wanted, act, isMoved, openMenus)));
    if (focused.startsWith('rehearse-')) document.getElementById(focused)?.focus();
    shownBefore = shown;
  }

  const choose = (sku: string): void => {
    wanted = sku;
    localStorage.setItem(SKU_KEY, sku);
    void update().catch(() => undefined);
  };
  const keepUpToDate = async (): Promise<void> => {
    if (document.visibilityState === 'visible' && !panel.hidden) await update().catch(() => undefined);
    setTimeout(() => void keepUpToDate(), EVERY_MS);
  };
  list.addEventListener('change', () => choose(list.value));
  void keepUpToDate();
  return {
    choose: (sku) => {
      if (sku === wanted || ![...list.options].some((option) => option.value === sku)) return;
      list.value = sku;
      choose(sku);
    },
  };
}

function itemsOf(store: RehearsalStore, sku: string): readonly RehearsalItem[] {
  return store.shelf.filter((item) => item.sku === sku);
}

function fillList(list: HTMLSelectElement, stores: readonly RehearsalStore[], chosen: string): void {
  const skus = [...new Set(stores.flatMap((store) => store.shelf.map((item) => item.sku ?? '')))];
  const wanted = skus.filter((sku) => sku !== '').sort();
  if (wanted.join('\n') !== [...list.options].map((option) => option.value).join('\n')) {
    list.replaceChildren(...wanted.map((sku) => element('option', { value: sku }, [sku])));
  }
  if (wanted.includes(chosen)) list.value = chosen;
}

function card(
  store: RehearsalStore,
  sku: string,
  act: Act,
  isMoved: (key: string, quantity: number) => boolean,
  openMenus: Set<string>,
): HTMLElement {
  const items = itemsOf(store, sku);
  const button = (label: string, action: RehearsalAction, enabled = true) =>
    element(
      'button',
      {
        type: 'button',
        id: `rehearse-${store.id}-${label.replaceAll(' ', '-')}`,
        disabled: !enabled,
        click: () => void act(store.id, action),
      },
      [label],
    );
  const has = store.openOrders > 0;
  const troubles = element('details', { class: 'troubles' }, [
    element('summary', {}, [store.troubles.length === 0 ? 'Make something go wrong' : 'In trouble']),
    element('div', { class: 'actions' }, [
      ...TROUBLES.map(([trouble, label]) =>
        button(label, { kind: 'trouble', trouble }, !store.troubles.includes(trouble)),
      ),
      button('Back to normal', { kind: 'backToNormal' }, store.troubles.length > 0),
    ]),
  ]);
  troubles.open = openMenus.has(store.id) || store.troubles.length > 0;
  troubles.addEventListener('toggle', () => {
    if (troubles.open) openMenus.add(store.id);
    else openMenus.delete(store.id);
  });
  return element('section', { class: 'card', 'aria-label': store.name }, [
    element('h3', {}, [
      element('span', { class: 'badge', 'aria-hidden': 'true' }, [store.channelLabel.slice(0, 1)]),
      store.name,
      ...store.troubles.map((trouble) => element('em', { class: 'trouble' }, [troubleWord(trouble)])),
    ]),
    ...(items.length === 0
      ? [element('p', {}, ['This store does not sell it.'])]
      : items.flatMap((item) => itemLines(store, item, act, isMoved, button))),
    element('div', { class: 'actions' }, [
      button('Cancel', { kind: 'cancelLast' }, has),
      button('Refund, restock', { kind: 'refundLast', restock: true }, has),
      button('Refund only', { kind: 'refundLast', restock: false }, has),
      button('Fulfil', { kind: 'fulfilLast' }, has),
    ]),
    troubles,
  ]);
}

const troubleWord = (trouble: Trouble): string =>
  ({ cut: 'network cut', slow: 'slow', throttled: '429', loseWebhooks: 'no webhooks' })[trouble];

function itemLines(
  store: RehearsalStore,
  item: RehearsalItem,
  act: Act,
  isMoved: (key: string, quantity: number) => boolean,
  button: (label: string, action: RehearsalAction) => HTMLElement,
): HTMLElement[] {
  const moved = isMoved(`${store.id} ${item.remoteId}`, item.quantity);
  return [
    element('div', { class: moved ? 'shown moved' : 'shown' }, [
      element('span', {}, [
        item.title,
        element('small', {}, [arrivalWords(store.arrivals[item.remoteId] ?? null)]),
      ]),
      element('b', {}, [String(item.quantity)]),
    ]),
    element('div', { class: 'actions' }, [
      button('Buy 1', { kind: 'buy', remoteId: item.remoteId, quantity: 1 }),
      element('button', { type: 'button', click: () => editInStore(store, item, act) }, ['Edit in store']),
    ]),
  ];
}

function arrivalWords(arrival: Arrival): string {
  if (arrival === null) return 'no change sent since the start';
  const seconds = (arrival.tookMs / 1_000).toFixed(1);
  return `our last change (${arrival.quantity}) took ${seconds} s`;
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
