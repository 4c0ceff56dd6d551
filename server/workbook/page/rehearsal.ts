// The panel beside the grid: what each rehearsal store shows for one SKU, and buttons for what happens there.

import type { RehearsalAction, RehearsalItem, RehearsalStore } from '../rehearsal.ts';
import { byId, element } from './dom.ts';
import { server } from './server.ts';

const EVERY_MS = 1_000;

export type RehearsalPanel = { readonly choose: (sku: string) => void };

export function startRehearsal(): RehearsalPanel {
  const panel = byId('rehearsal');
  panel.hidden = false;
  const list = element('select', { id: 'rehearsal-sku' });
  const cards = element('div');
  const said = element('p', { class: 'said', role: 'status' });
  panel.replaceChildren(
    element('header', {}, [
      element('h2', {}, ['Rehearsal']),
      element('p', {}, ['What each store shows right now.']),
    ]),
    element('label', { for: 'rehearsal-sku' }, ['SKU', list]),
    element('div', { class: 'card' }, [said]),
    cards,
  );
  said.textContent = 'Choose a SKU here, or click a row of Inventory. Then buy, cancel or refund in a store.';
  let drawn = '';
  let shownBefore = new Map<string, number>();

  async function act(storeId: string, action: RehearsalAction): Promise<void> {
    const result = await server.rehearse(storeId, action);
    said.textContent = result.message ?? '';
    await update();
  }

  async function update(): Promise<void> {
    const { stores } = await server.rehearsal();
    fillList(list, stores);
    const picture = JSON.stringify([
      list.value,
      stores.map((store) => [store.openOrders, itemsOf(store, list.value)]),
    ]);
    if (picture === drawn) return;
    drawn = picture;
    const shown = new Map<string, number>();
    const isMoved = (key: string, quantity: number): boolean => {
      shown.set(key, quantity);
      return shownBefore.has(key) && shownBefore.get(key) !== quantity;
    };
    cards.replaceChildren(...stores.map((store) => card(store, list.value, act, isMoved)));
    shownBefore = shown;
  }

  const keepUpToDate = async (): Promise<void> => {
    if (document.visibilityState === 'visible') await update().catch(() => undefined);
    setTimeout(() => void keepUpToDate(), EVERY_MS);
  };
  list.addEventListener('change', () => void update());
  void keepUpToDate();
  return {
    choose: (sku) => {
      if (![...list.options].some((option) => option.value === sku)) return;
      list.value = sku;
      void update();
    },
  };
}

function itemsOf(store: RehearsalStore, sku: string): readonly RehearsalItem[] {
  return store.shelf.filter((item) => item.sku === sku);
}

function fillList(list: HTMLSelectElement, stores: readonly RehearsalStore[]): void {
  const skus = [...new Set(stores.flatMap((store) => store.shelf.map((item) => item.sku ?? '')))];
  const wanted = skus.filter((sku) => sku !== '').sort();
  if (wanted.join('\n') === [...list.options].map((option) => option.value).join('\n')) return;
  const before = list.value;
  list.replaceChildren(...wanted.map((sku) => element('option', { value: sku }, [sku])));
  if (wanted.includes(before)) list.value = before;
}

function card(
  store: RehearsalStore,
  sku: string,
  act: (storeId: string, action: RehearsalAction) => Promise<void>,
  isMoved: (key: string, quantity: number) => boolean,
): HTMLElement {
  const items = itemsOf(store, sku);
  const button = (label: string, action: RehearsalAction, enabled = true) =>
    element('button', { type: 'button', disabled: !enabled, click: () => void act(store.id, action) }, [
      label,
    ]);
  const shown = items.flatMap((item) => [
    element(
      'div',
      { class: isMoved(`${store.id} ${item.remoteId}`, item.quantity) ? 'shown moved' : 'shown' },
      [element('span', {}, [item.title]), element('b', {}, [String(item.quantity)])],
    ),
    element('div', { class: 'actions' }, [
      button('Buy 1', { kind: 'buy', remoteId: item.remoteId, quantity: 1 }),
      element('button', { type: 'button', click: () => editInStore(store, item, act) }, ['Edit in store']),
    ]),
  ]);
  return element('section', { class: 'card', 'aria-label': store.name }, [
    element('h3', {}, [
      element('span', { class: 'badge', 'aria-hidden': 'true' }, [store.channelLabel.slice(0, 1)]),
      store.name,
      element('small', {}, [store.channelLabel]),
    ]),
    ...(items.length === 0 ? [element('p', {}, ['This store does not sell it.'])] : shown),
    element('div', { class: 'actions' }, [
      button('Cancel last order', { kind: 'cancelLast' }, store.openOrders > 0),
      button('Refund and restock', { kind: 'refundLast', restock: true }, store.openOrders > 0),
    ]),
  ]);
}

function editInStore(
  store: RehearsalStore,
  item: RehearsalItem,
  act: (storeId: string, action: RehearsalAction) => Promise<void>,
): void {
  const box = byId('dialog') as HTMLDialogElement;
  const input = element('input', { class: 'answer', type: 'number', 'aria-labelledby': 'dialog-text' });
  input.value = String(item.quantity);
  const save = () => {
    box.close();
    const quantity = Number(input.value);
    if (Number.isInteger(quantity))
      void act(store.id, { kind: 'editQuantity', remoteId: item.remoteId, quantity });
  };
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
