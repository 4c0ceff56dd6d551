// Hard refreshes: of listings, which a second person may not repeat within four hours, and of inventory, with its progress.

import { describe, test } from '@jest/globals';
import { eventually, type WorkbookPerson } from '../../support/workbook-person.ts';
import { type Room, TASK_MS } from './room.ts';

const STORE = 'Market stall';

const cardOf = ({ sidebar }: WorkbookPerson) =>
  sidebar.locator('.card').filter({ has: sidebar.getByRole('switch', { name: `Sync of ${STORE}` }) });

export function refreshTasks({ mia, another }: Room): void {
  describe('a hard refresh', () => {
    test(
      'R31: of listings runs once; then the button counts down, and somebody who asks at the same time is told how long',
      async () => {
        const ben = await another('Ben');
        await ben.show('Sidebar');
        await mia().show('Sidebar');
        const refresh = (person: WorkbookPerson) =>
          cardOf(person).getByRole('button', { name: 'Hard refresh listings' });
        await refresh(ben).scrollIntoViewIfNeeded();
        await refresh(mia()).click();
        await cardOf(mia())
          .getByText(/Listings again in (4\sh|3\sh\s5\d\smin)/)
          .waitFor();
        await eventually(() => refresh(mia()).isDisabled(), true);
        await mia().shotOfPane('Sidebar', '10-listings');
        // His sidebar was opened before and does not know yet; the server does.
        await refresh(ben).click();
        await cardOf(ben)
          .getByRole('alert')
          .filter({ hasText: /Try again in (4 h|3 h 5\d min)/ })
          .waitFor();
        await ben.shotOfPane('Sidebar', '10-listings-refused');
        await ben.page.context().close();
      },
      TASK_MS,
    );

    test(
      'R33: of inventory says first what it takes, shows how far it is, and when it was done',
      async () => {
        const { sidebar, show, store } = mia();
        await show('Rehearsal');
        const shop = store(STORE);
        await shop.getByText('Make something go wrong').click();
        await shop.getByRole('button', { name: 'Make it slow' }).click();
        await show('Sidebar');
        await cardOf(mia()).getByRole('button', { name: 'Hard refresh inventory…' }).click();
        await sidebar.getByText(/Every number of its 6 listings is written/).waitFor();
        await mia().shotOfPane('Sidebar', '10-inventory-confirm');
        await sidebar.getByRole('button', { name: 'Hard refresh inventory', exact: true }).click();
        const progress = cardOf(mia()).getByRole('progressbar', { name: 'Hard refresh inventory' });
        await progress.waitFor();
        await progress.scrollIntoViewIfNeeded();
        await mia().shotOfPane('Sidebar', '10-inventory');
        await progress.waitFor({ state: 'detached' });
        await show('Rehearsal');
        await shop.getByRole('button', { name: 'Back to normal' }).click();
      },
      TASK_MS,
    );
  });
}
