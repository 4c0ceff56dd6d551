// Online Listings: one row per sellable thing in a store, with what the store was last told.

import { column, type TabDefinition, updatedColumn } from './tab.ts';

export const ONLINE_LISTINGS_TAB: TabDefinition = {
  name: 'Online Listings',
  owner: 'server',
  rowKey: 'rowKey',
  newestRowsMax: null,
  columns: [
    column('sku', 'SKU', 'text', 150, 'The SKU that links this listing to its product.'),
    column('store', 'Store', 'text', 180, 'The store that offers it.'),
    column('title', 'Title', 'text', 250, 'The title in the store.'),
    column('state', 'State', 'text', 90, 'The state of the listing in the store.'),
    column('pushed', 'Pushed', 'integer', 80, 'The quantity that the store last confirmed.'),
    column('lastPushed', 'Last pushed', 'time', 145, 'When the store last confirmed a quantity.'),
    column('problem', 'Problem', 'text', 440, 'Why the store does not show our number, and what to do.'),
    column('location', 'Location', 'text', 140, 'Where in the store, if it has more than one location.'),
    column('listingId', 'Listing id', 'text', 250, "The store's own id of the listing."),
    column('rowKey', 'Row key', 'text', 80, 'Tells rows apart. Written by the system.', { hidden: true }),
    updatedColumn,
  ],
};
