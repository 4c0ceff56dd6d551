// The first screen: how things are in one line, what needs a person, and the stores.

import { useEffect } from 'preact/hooks';
import { sizeInWords, waitInWords } from '../../shared/model/duration.ts';
import { type HomeState, isSilent, type Reply, type RowsState, type TriggerState } from '../sidebar-api.ts';
import { Doing, focusHeading, type Health, Notice, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ProblemCard } from './problem-card.tsx';
import { refundsInWords } from './refund.tsx';
import { ask, inSheet } from './server.ts';
import { StoreCard } from './store-card.tsx';
import { clockWithSeconds, moment, plural, unbroken } from './words.ts';

type Props = {
  readonly home: HomeState;
  readonly go: Go;
  readonly notice: string;
  readonly look: () => Promise<void>;
  /** Unlike `go`, leaves whoever has gone on meanwhile where they are. */
  readonly say: (notice: string) => void;
  /** How often the sidebar looks by itself. */
  readonly lookEveryMs: number;
};

export function Home({ home, go, notice, look, say, lookEveryMs }: Props) {
  const { title, health } = summary(home);
  // Google does not say when another cell is chosen, so coming back with the mouse is taken for a reason to look.
  useEffect(() => {
    const again = () => void look();
    document.addEventListener('mouseenter', again);
    return () => document.removeEventListener('mouseenter', again);
  }, [look]);
  const canWork = home.me !== null && home.me.role !== 'viewer';
  return (
    <Screen
      title={title}
      health={health}
      under={checked(home, lookEveryMs)}
      foot={<SignedIn home={home} go={go} />}
    >
      <Notice text={notice} />
      {home.problem !== null && (
        <div class="card bad" role="alert">
          <p>{home.problem}</p>
          <div class="actions">
            <Doing label="Try again" work={() => look().then(() => ({ ok: true, value: '' }))} />
            <button type="button" onClick={() => go({ screen: 'pair' })}>
              Connect again
            </button>
          </div>
        </div>
      )}
      <Doing
        primary
        label="Sync now"
        disabled={!canWork}
        work={() => syncAll(home)}
        done={() => {
          say('Orders are being read; then each store is told what has changed.');
          void look();
        }}
      />
      <NeedsYou home={home} go={go} look={look} say={say} />
      {home.sku !== null && (
        <>
          <h2>Selected row</h2>
          <div class="card row">
            <b class="grow">{home.sku}</b>
            <button type="button" onClick={() => go({ screen: 'why', sku: home.sku ?? '' })}>
              Why is this number?
            </button>
          </div>
        </>
      )}
      <LowRows skus={home.lowSkus} canWork={canWork} go={go} />
      <h2>Stores</h2>
      {home.stores.length === 0 && home.problem === null && (
        <p class="dim">
          No store is connected yet. Connect the first one: nothing is written to it until you turn it on.
        </p>
      )}
      {home.stores.map((store) => (
        <StoreCard key={store.id} store={store} home={home} go={go} look={look} />
      ))}
      <div class="center">
        <button type="button" disabled={home.me?.role !== 'owner'} onClick={() => go({ screen: 'connect' })}>
          Connect a store
        </button>
      </div>
    </Screen>
  );
}

const SKUS_SHOWN_MAX = 5;

type LowRowsProps = { readonly skus: readonly string[]; readonly canWork: boolean; readonly go: Go };

function LowRows({ skus, canWork, go }: LowRowsProps) {
  if (skus.length === 0) return null;
  const more = skus.length - SKUS_SHOWN_MAX;
  return (
    <>
      <h2>Selected in Low stock</h2>
      <div class="card">
        <b>{plural(skus.length, 'SKU')}</b>
        <p class="dim">
          {skus.slice(0, SKUS_SHOWN_MAX).join(', ')}
          {more > 0 ? ` and ${more} more` : ''}
        </p>
        <div class="actions">
          <Doing
            label="Make a draft purchase order"
            disabled={!canWork}
            work={() => ask('post', '/api/low-stock/draft-purchase-order', { skus })}
            done={(message) => go(HOME, message)}
          />
        </div>
      </div>
    </>
  );
}

function summary(home: HomeState): { readonly title: string; readonly health: Health } {
  if (home.problem !== null) return { title: 'The server does not answer', health: 'bad' };
  const count = home.problems.length + home.rows.filter(({ refused }) => refused.length > 0).length;
  if (count > 0) return { title: `${plural(count, 'thing needs', 'things need')} you`, health: 'warn' };
  const on = home.stores.filter(({ syncOn }) => syncOn);
  const owed = on.reduce((sum, store) => sum + store.owed, 0);
  if (home.stores.length === 0) return { title: 'Ready for your first store', health: '' };
  if (on.length === 0) return { title: 'No store is turned on', health: 'warn' };
  if (owed > 0) return { title: `${plural(owed, 'number is', 'numbers are')} on the way`, health: '' };
  return { title: 'All stores are up to date', health: '' };
}

const checked = ({ checkedAt }: HomeState, everyMs: number): string =>
  `Checked ${clockWithSeconds(new Date(checkedAt))} · looks again every ${unbroken(sizeInWords(everyMs))}`;

function SignedIn({ home, go }: Pick<Props, 'home' | 'go'>) {
  if (home.me === null) return <span>Not signed in: the server could not be asked.</span>;
  const { email, name, role } = home.me;
  return (
    <>
      <div>
        Signed in as {email === '' ? name : email} · {role}
      </div>
      <nav class="links" aria-label="More">
        {MORE.map(([screen, label]) => (
          <button type="button" class="link" key={screen} onClick={() => go({ screen })}>
            {label}
          </button>
        ))}
      </nav>
    </>
  );
}

const MORE = [
  ['warehouses', 'Warehouses'],
  ['files', 'Files'],
  ['people', 'People'],
] as const;

async function syncAll(home: HomeState): Promise<Reply<unknown>> {
  if (home.rows.some(({ waiting }) => waiting > 0)) await inSheet('resubmit');
  const on = home.stores.filter(({ syncOn }) => syncOn);
  if (on.length === 0) return { ok: false, message: 'Turn on a store first, with the switch beside it.' };
  const replies = await Promise.all(on.map(({ id }) => ask('post', `/api/stores/${id}/sync-now`)));
  return replies.find(({ ok }) => !ok) ?? { ok: true, value: '' };
}

const REFUND_CARDS_MAX = 2;

function NeedsYou({ home, go, look, say }: Pick<Props, 'home' | 'go' | 'look' | 'say'>) {
  const rows = home.rows.filter(({ refused, waiting, ticked }) => refused.length + waiting + ticked > 0);
  if (home.problems.length === 0 && rows.length === 0) return null;
  const refunds = home.problems.filter(({ kind }) => kind === 'refund');
  const isMany = refunds.length > REFUND_CARDS_MAX;
  const single = isMany ? home.problems.filter(({ kind }) => kind !== 'refund') : home.problems;
  return (
    <>
      <h2>Needs you</h2>
      {rows.map((state) => (
        <RowsCard key={state.tab} state={state} trigger={home.trigger} look={look} say={say} />
      ))}
      {isMany && (
        <div class="card warn">
          <b>{refundsInWords(refunds.length)}</b>
          <p class="dim">The shops did not say which units came back.</p>
          <div class="actions">
            <button type="button" onClick={() => go({ screen: 'refunds' })}>
              Show them
            </button>
          </div>
        </div>
      )}
      {single.map((problem) => (
        <ProblemCard key={problem.id} problem={problem} home={home} go={go} look={look} />
      ))}
    </>
  );
}

type RowsCardProps = Pick<Props, 'look' | 'say'> & {
  readonly state: RowsState;
  readonly trigger: TriggerState;
};

function RowsCard({ state, trigger, look, say }: RowsCardProps) {
  const { tab, refused, waiting, ticked } = state;
  const [first] = refused;
  const done = (message: string) => {
    say(message);
    void look().then(focusHeading);
  };
  const submit = <Doing label="Submit ticked rows" work={() => inSheet('submit')} done={done} />;
  return (
    <>
      {first !== undefined && (
        <div class="card warn">
          <b>
            {plural(refused.length, 'row')} in {tab} {refused.length === 1 ? 'was' : 'were'} refused
          </b>
          <p class="dim">
            {refused.length === 1 ? 'Row' : 'Rows'} {refused.slice(0, 8).join(', ')}
            {refused.length > 8 ? ' …' : ''}: what to mend stands beside each.
          </p>
          <div class="actions">
            <Doing label={`Go to row ${first}`} work={() => inSheet('goTo', { tab, row: first })} />
            {ticked > 0 && submit}
          </div>
        </div>
      )}
      {waiting > 0 && (
        <div class="card">
          <b>
            {plural(waiting, 'row')} in {tab} {waiting === 1 ? 'waits' : 'wait'} for an answer
          </b>
          <p class="dim">{waitingInWords(trigger)}</p>
          <div class="actions">
            <Doing label="Send again" work={() => inSheet('resubmit')} done={done} />
            {isSilent(trigger, Date.now()) && (
              <Doing label="Start it anew" work={() => inSheet('startTrigger')} done={done} />
            )}
          </div>
        </div>
      )}
      {ticked > 0 && first === undefined && (
        <div class="card">
          <b>
            {plural(ticked, 'row')} in {tab} {ticked === 1 ? 'is' : 'are'} ticked
          </b>
          <div class="actions">{submit}</div>
        </div>
      )}
    </>
  );
}

function waitingInWords(trigger: TriggerState): string {
  const { everyMs, lastRunAt } = trigger;
  if (everyMs === null) return 'Send them again: nothing is done twice.';
  const every = unbroken(waitInWords(everyMs));
  if (!isSilent(trigger, Date.now()))
    return `Nothing is done twice: they are sent again within ${every}, or now.`;
  const since = lastRunAt === null ? 'yet' : `since ${moment(lastRunAt, Date.now())}`;
  return `The sheet should send them again by itself every ${every}, but has not done so ${since}. Nothing is done twice.`;
}
