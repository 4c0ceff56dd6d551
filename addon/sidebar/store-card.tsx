// One store on the first screen: its state, its switch, its refreshes, and what is going on.

import type { StoreView } from '../../shared/api/stores.ts';
import { waitInWords } from '../../shared/model/duration.ts';
import type { HomeState } from '../sidebar-api.ts';
import { Badge, Confirm, Doing, useNow } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';
import { dayAndYear, plural, sentence, taskTimeLeft, unbroken, when } from './words.ts';

type Props = {
  readonly store: StoreView;
  readonly home: HomeState;
  readonly go: Go;
  readonly look: () => Promise<void>;
};

export function StoreCard({ store, home, go, look }: Props) {
  const now = useNow();
  return (
    <div class={`card ${store.health === 'ok' ? '' : store.health === 'slowed' ? 'warn' : 'bad'}`}>
      <div class="row">
        <Badge label={store.channelLabel} />
        <div class="grow">
          <button type="button" class="link" onClick={() => go({ screen: 'store', storeId: store.id })}>
            <b>{store.name}</b>
          </button>
          <div class="dim num">{sizeOf(store)}</div>
        </div>
        <Switch store={store} isOwner={home.me?.role === 'owner'} go={go} />
      </div>
      <p class="dim num">{lastReadings(store, now)}</p>
      {store.healthMessage !== '' && <p class="dim">{healthInWords(store, now)}</p>}
      <Progress store={store} now={now} />
      {store.accessEndsAt !== null && store.accessMessage !== '' && (
        <p class="warnText">{`Access ends on ${dayAndYear(store.accessEndsAt)}. Open the store to see what to do.`}</p>
      )}
      <Refreshes store={store} home={home} go={go} look={look} now={now} />
    </div>
  );
}

export function healthInWords({ healthMessage, slowedUntil }: StoreView, now: number): string {
  const waitMs = slowedUntil === null ? 0 : new Date(slowedUntil).getTime() - now;
  return waitMs > 0
    ? `${healthMessage} It is asked again in ${unbroken(waitInWords(waitMs))}.`
    : healthMessage;
}

function sizeOf({ listings, syncOn, owed }: StoreView): string {
  const state = !syncOn ? ' · sync off' : owed > 0 ? ` · ${owed.toLocaleString('en')} on the way` : '';
  return `${plural(listings, 'listing')}${state}`;
}

const lastReadings = (store: StoreView, now: number): string =>
  store.syncOn
    ? `Orders read ${when(store.ordersSyncedAt, now)} · numbers sent ${when(store.inventorySyncedAt, now)}`
    : `Listings read ${when(store.listingsSyncedAt, now)}`;

function Switch({ store, isOwner, go }: { store: StoreView; isOwner: boolean; go: Go }) {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={store.syncOn}
      aria-label={`Sync of ${store.name}`}
      disabled={!isOwner}
      onClick={() => go({ screen: store.syncOn ? 'turn-off' : 'turn-on', storeId: store.id })}
    />
  );
}

export function Progress({ store, now }: { readonly store: StoreView; readonly now: number }) {
  const { progress } = store;
  if (progress === null) return null;
  const label = sentence(progress.task);
  const left = taskTimeLeft(progress, now);
  const far =
    progress.total === null
      ? `${label}: ${progress.done.toLocaleString('en')} so far`
      : `${label}: ${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')}`;
  return (
    <>
      <progress
        aria-label={label}
        max={progress.total ?? 1}
        {...(progress.total === null ? {} : { value: progress.done })}
      />
      <div class="dim num">{left === null ? far : `${far}, ${left}`}</div>
    </>
  );
}

const CALLS_SHOWN_BELOW = 0.9;

type RefreshesProps = Props & { readonly now: number };

/** One task of a store at a time: while one goes on there is nothing to ask for. */
function Refreshes({ store, home, go, look, now }: RefreshesProps) {
  const canWork = home.me !== null && home.me.role !== 'viewer';
  const waitMs =
    store.nextListingsRefreshAt === null ? 0 : new Date(store.nextListingsRefreshAt).getTime() - now;
  const again = () => void look();
  const { budget } = store;
  // A bucket that refills by the second tells a shop owner nothing; a day's calls do, once some of them are used up.
  const isUsed = budget?.per === 'day' && budget.left < budget.of * CALLS_SHOWN_BELOW;
  const calls = isUsed ? budget.words : '';
  const facts = [waitMs > 0 ? `Listings again in ${unbroken(waitInWords(waitMs))}` : '', calls].filter(
    (fact) => fact !== '',
  );
  return (
    <>
      {store.progress === null && (
        <div class="actions refreshes">
          <span class="dim">Hard refresh</span>
          {store.syncOn && (
            <button
              type="button"
              aria-label="Hard refresh inventory…"
              disabled={!canWork}
              onClick={() => go({ screen: 'refresh-inventory', storeId: store.id })}
            >
              Inventory…
            </button>
          )}
          <Doing
            label="Listings"
            name="Hard refresh listings"
            disabled={!canWork || waitMs > 0}
            work={() => ask('post', `/api/stores/${store.id}/refresh-listings`)}
            done={again}
          />
        </div>
      )}
      {facts.length > 0 && <p class="dim num">{facts.join(' · ')}</p>}
    </>
  );
}

/** It can use up a day's calls, so what it takes is said before. */
export function RefreshInventory({ store, go }: Pick<Props, 'store' | 'go'>) {
  return (
    <Confirm
      title={`Hard refresh inventory of ${store.name}?`}
      what={[
        `Every number of its ${plural(store.listings, 'listing')} is written to the shop again, also those it shows already.`,
        ...(store.fullPush === null ? [] : [`It takes ${store.fullPush.words}.`]),
        ...(store.budget === null ? [] : [`${store.budget.words}.`]),
      ]}
      label="Hard refresh inventory"
      work={() => ask('post', `/api/stores/${store.id}/refresh-inventory`)}
      close={(message) => go(HOME, message)}
    />
  );
}
