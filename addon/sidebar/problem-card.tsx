// One thing that needs a person, with the buttons that settle it.

import type { Question } from '../../shared/api/stores.ts';
import type { HomeState } from '../sidebar-api.ts';
import { Doing } from './parts.tsx';
import type { Go } from './place.ts';
import { ask } from './server.ts';
import { when } from './words.ts';

type Props = {
  readonly problem: HomeState['problems'][number];
  readonly home: HomeState;
  readonly go: Go;
  readonly look: () => Promise<void>;
};

/** What the system stopped at, by the kind of trouble. */
export const QUESTION_OF: Readonly<Record<string, Question>> = {
  brake: 'push-held-numbers',
  'missing-orders': 'orders-were-deleted',
};
export const ANSWER_LABEL: Readonly<Record<Question, string>> = {
  'push-held-numbers': 'Push the held numbers',
  'orders-were-deleted': 'They were deleted',
};

export function ProblemCard({ problem, home, go, look }: Props) {
  const { message, times, at } = problem;
  const end = message.indexOf('. ');
  const head = end > 0 && end < 90 ? message.slice(0, end) : '';
  return (
    <div class="card warn">
      {head !== '' && <b>{head}</b>}
      <p class={head === '' ? '' : 'dim'}>{head === '' ? message : message.slice(end + 2)}</p>
      <div class="dim num">
        {when(at, Date.now())}
        {times > 1 ? ` · ${times} times` : ''}
      </div>
      <Buttons problem={problem} home={home} go={go} look={look} />
    </div>
  );
}

function Buttons({ problem, home, go, look }: Props) {
  const { sku, storeId, kind, quantity, id } = problem;
  const role = home.me?.role ?? 'viewer';
  const again = () => void look();
  const question = QUESTION_OF[kind];
  const isAsked = question !== undefined || kind === 'refund';
  return (
    <div class="actions">
      {kind === 'listing' && quantity !== null && (
        <Doing
          label={`Write ${quantity}`}
          disabled={role === 'viewer'}
          work={() => ask('post', '/api/problems/write', { id })}
          done={again}
        />
      )}
      {question !== undefined && storeId !== null && (
        <button
          type="button"
          disabled={role !== 'owner'}
          onClick={() => go({ screen: 'answer', storeId, question })}
        >
          {ANSWER_LABEL[question]}…
        </button>
      )}
      {kind === 'refund' && (
        <button type="button" onClick={() => go({ screen: 'refund', problemId: id })}>
          What came back?
        </button>
      )}
      {sku !== null && (
        <button type="button" onClick={() => go({ screen: 'why', sku })}>
          Show history
        </button>
      )}
      {kind !== 'listing' && kind !== 'refund' && storeId !== null && (
        <button type="button" onClick={() => go({ screen: 'store', storeId })}>
          Open the store
        </button>
      )}
      {!isAsked && (
        <Doing
          label="Done"
          disabled={role === 'viewer'}
          work={() => ask('post', '/api/problems/dismiss', { id })}
          done={again}
        />
      )}
    </div>
  );
}
