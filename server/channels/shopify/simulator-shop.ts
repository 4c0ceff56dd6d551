// What can be played in a simulated shop, bound to its memory.

import type { ShopMemory } from './simulator-memory.ts';
import * as orders from './simulator-orders.ts';
import * as products from './simulator-products.ts';
import * as returns from './simulator-returns.ts';
import * as shelf from './simulator-shelf.ts';

export type ShopActions = ReturnType<typeof createShopActions>;

export function createShopActions(memory: ShopMemory, events: shelf.ShopEvents) {
  const shop: shelf.Shop = { memory, events };
  const bound =
    <Rest extends readonly unknown[], Result>(action: (shop: shelf.Shop, ...rest: Rest) => Result) =>
    (...rest: Rest): Result =>
      action(shop, ...rest);
  return {
    addProduct: bound(products.addProduct),
    removeProduct: bound(products.removeProduct),
    changeProduct: bound(products.changeProduct),
    shareItem: bound(products.shareItem),
    editQuantity: bound(products.editQuantity),
    buy: bound(orders.buy),
    fulfil: bound(orders.fulfil),
    cancelFulfilment: bound(orders.cancelFulfilment),
    cancel: bound(orders.cancel),
    refund: bound(orders.refund),
    returnUnits: bound(returns.returnUnits),
    moveLine: bound(orders.moveLine),
    note: bound(orders.note),
    editLine: bound(orders.editLine),
    deleteOrder: bound(orders.deleteOrder),
    addLocation: bound(shelf.addLocation),
    locationName: bound(shelf.locationName),
    stockAt: bound(shelf.stockAt),
    stockOf: bound(shelf.stockOf),
  };
}
