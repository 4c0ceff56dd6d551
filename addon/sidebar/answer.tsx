// A person's word on what the system stopped at: what will happen is said before.

import type { Question, StoreView } from '../../shared/api/stores.ts';
import { Confirm } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ANSWER_LABEL } from './problem-card.tsx';
import { ask } from './server.ts';

const WHAT_HAPPENS: Readonly<Record<Question, readonly string[]>> = {
  'push-held-numbers': [
    'Every number that was held is written to the shop now, also those that empty or multiply a listing.',
    'Choose this only when the numbers in the Inventory tab are right.',
  ],
  'orders-were-deleted': [
    'The missing orders count as deleted, and the units they booked can be sold again in every store.',
    'Choose this only when you have looked in the shop: if the orders are still there, units would be sold twice.',
  ],
};

export function Answer(props: { readonly store: StoreView; readonly question: Question; readonly go: Go }) {
  const { store, question, go } = props;
  return (
    <Confirm
      title={`${ANSWER_LABEL[question]}?`}
      what={[`About ${store.name}.`, ...WHAT_HAPPENS[question]]}
      label={ANSWER_LABEL[question]}
      work={() => ask('post', `/api/stores/${store.id}/answer`, { question })}
      close={(message) => go(HOME, message)}
    />
  );
}
