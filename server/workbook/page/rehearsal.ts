// The panel beside the grid: what each rehearsal store shows for one SKU, kept up to date, and the customers that buy there.

import type { RehearsalStore } from '../rehearsal.ts';
import { element } from './dom.ts';
import { type Act, itemsOf, storeCard } from './rehearsal-card.ts';
import { server } from './server.ts';

const EVERY_MS = 1_000;
const SKU_KEY = 'stocksheet.rehearsal.sku';

export type RehearsalPanel = { readonly choose: (sku: string) => void };

export function startRehearsal(panel: HTMLElement): RehearsalPanel {
  const list = element('select', { id: 'rehearsal-sku' });
  const title = element('p', { class: 'title' });
  const cards = element('div', { class: 'cards' });
  const said = element('p', { class: 'said', role: 'status' });
  const customers = element('input', { type: 'checkbox', id: 'rehearsal-customers' });
  const customersLine = element('label', { class: 'customers', for: customers.id, hidden: true }, [
    customers,
    'Customers buy by themselves',
  ]);
  panel.replaceChildren(
    element('header', {}, [
      element('h2', {}, ['Rehearsal']),
      element('p', {}, ['What customers see in each store right now.']),
      customersLine,
    ]),
    element('label', { for: list.id }, ['SKU', list]),
    title,
    said,
    cards,
  );
  said.textContent = 'Choose a SKU here, or click its row in any tab.';
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
    const { stores, customersAreBuying } = await server.rehearsal(wanted);
    customersLine.hidden = customersAreBuying === null;
    customers.checked = customersAreBuying === true;
    fillList(list, stores, wanted);
    if (list.value !== wanted && list.value !== '') {
      wanted = list.value;
      return update();
    }
    const picture = JSON.stringify([
      wanted,
      stores.map((store) => [
        store.openOrders,
        store.troubles,
        store.arrivals,
        store.toConnect,
        itemsOf(store, wanted),
      ]),
    ]);
    if (picture === drawn) return;
    drawn = picture;
    title.textContent = stores.flatMap((store) => itemsOf(store, wanted))[0]?.title ?? '';
    const shown = new Map<string, number>();
    const isMoved = (key: string, quantity: number): boolean => {
      shown.set(key, quantity);
      return shownBefore.has(key) && shownBefore.get(key) !== quantity;
    };
    const focused = document.activeElement?.id ?? '';
    cards.replaceChildren(
      ...stores.map((store) => storeCard({ store, sku: wanted, act, isMoved, openMenus })),
    );
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
  customers.addEventListener('change', () => {
    said.textContent = customers.checked ? 'Customers buy again.' : 'Nobody buys but you.';
    void server.letCustomersBuy(customers.checked).catch(() => undefined);
  });
  void keepUpToDate();
  return {
    choose: (sku) => {
      if (sku === wanted || ![...list.options].some((option) => option.value === sku)) return;
      list.value = sku;
      choose(sku);
    },
  };
}

function fillList(list: HTMLSelectElement, stores: readonly RehearsalStore[], chosen: string): void {
  const skus = [...new Set(stores.flatMap((store) => store.shelf.map((item) => item.sku ?? '')))];
  const wanted = skus.filter((sku) => sku !== '').sort();
  if (wanted.join('\n') !== [...list.options].map((option) => option.value).join('\n')) {
    list.replaceChildren(...wanted.map((sku) => element('option', { value: sku }, [sku])));
  }
  if (wanted.includes(chosen)) list.value = chosen;
}
