// One store: its settings, and how to let go of it.

import { useEffect, useState } from 'preact/hooks';
import type { ListChannelsAnswer } from '../../shared/api/channels.ts';
import type { StoreSettingsRequest, StoreView } from '../../shared/api/stores.ts';
import type { HomeState } from '../sidebar-api.ts';
import { Choice, Confirm, Doing, Field, Notice, Screen, useNow } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { Places } from './places.tsx';
import { ask } from './server.ts';
import { healthInWords, Progress } from './store-card.tsx';
import { dayAndYear, when } from './words.ts';

type Props = {
  readonly store: StoreView;
  readonly home: HomeState;
  readonly go: Go;
  readonly notice: string;
};
type Channel = ListChannelsAnswer['channels'][number];

export function StoreScreen({ store, home, go, notice }: Props) {
  const now = useNow();
  const [channel, setChannel] = useState<Channel | null>(null);
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    void ask<ListChannelsAnswer>('get', '/api/channels').then((reply) => {
      if (reply.ok) setChannel(reply.value.channels.find(({ id }) => id === store.channel) ?? null);
    });
  }, [store.channel]);
  if (leaving) {
    return (
      <Confirm
        title={`Disconnect ${store.name}?`}
        what={[
          'Its credentials are forgotten and nothing is written to it any more.',
          'Units booked by its open orders are released. What its orders did to your stock stays.',
        ]}
        label="Disconnect"
        work={() => ask('delete', `/api/stores/${store.id}`)}
        close={(message) => (message === '' ? setLeaving(false) : go(HOME, message))}
      />
    );
  }
  const isOwner = home.me?.role === 'owner';
  return (
    <Screen
      title={store.name}
      under={`${store.channelLabel} · sync ${store.syncOn ? 'on' : 'off'}`}
      onBack={() => go(HOME)}
    >
      <Notice text={notice} />
      {store.healthMessage !== '' && (
        <p class={`notice ${store.health === 'slowed' ? 'warn' : 'bad'}`}>{healthInWords(store, now)}</p>
      )}
      {store.accessMessage !== '' && <p class="notice warn">{store.accessMessage}</p>}
      <Progress store={store} now={now} />
      <table class="num">
        <tbody>
          {facts(store, now).map(([label, value]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td class="wrap">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {isOwner && !store.syncOn && (
        <button type="button" class="primary" onClick={() => go({ screen: 'turn-on', storeId: store.id })}>
          Turn on sync…
        </button>
      )}
      {isOwner ? (
        <>
          <h2>Warehouses</h2>
          <Places
            store={store}
            saved={() => go({ screen: 'store', storeId: store.id }, 'The warehouses are saved.')}
          />
          <Settings store={store} channel={channel} go={go} />
        </>
      ) : (
        <p class="dim">Only an owner changes a store's settings.</p>
      )}
      {isOwner && (
        <div class="center">
          <button type="button" class="danger" onClick={() => setLeaving(true)}>
            Disconnect…
          </button>
        </div>
      )}
    </Screen>
  );
}

const facts = (store: StoreView, now: number): [string, string][] => [
  ['Orders read', when(store.ordersSyncedAt, now)],
  ['Listings read', when(store.listingsSyncedAt, now)],
  ['Numbers sent', when(store.inventorySyncedAt, now)],
  ['Sells from', store.warehouses.map(({ name }) => name).join(', ') || 'not chosen yet'],
  ['Tells us of orders', toldWords(store.webhookHealth)],
  ...(store.accessEndsAt === null
    ? []
    : [['Access ends', dayAndYear(store.accessEndsAt)] as [string, string]]),
  ...(store.budget === null ? [] : [['Calls', store.budget.words] as [string, string]]),
];

/** What the server says of the webhooks: "on", "mended: …" or "off: …". Empty: there are none. */
const toldWords = (health: string): string =>
  health === '' ? 'no, we ask' : health.startsWith('off: ') ? `no: ${health.slice(5)}` : 'at once';

function Settings({ store, channel, go }: { store: StoreView; channel: Channel | null; go: Go }) {
  const [name, setName] = useState(store.name);
  const [drafts, setDrafts] = useState(store.drafts);
  const [onDrift, setOnDrift] = useState(store.onDrift);
  const [options, setOptions] = useState<Record<string, string>>({});
  const save = () => {
    const change: StoreSettingsRequest = {
      ...(name.trim() === store.name ? {} : { name: name.trim() }),
      ...(drafts === store.drafts ? {} : { drafts }),
      ...(onDrift === store.onDrift ? {} : { onDrift }),
      ...(Object.keys(options).length === 0 ? {} : { options }),
    };
    return ask('patch', `/api/stores/${store.id}/settings`, change);
  };
  return (
    <>
      <h2>Settings</h2>
      <Field label="Name" value={name} change={setName} />
      {channel?.drafts === true && (
        <label class="choice">
          <input
            type="checkbox"
            checked={drafts}
            onChange={(event) => setDrafts(event.currentTarget.checked)}
          />
          Read listings that are not published yet, too
        </label>
      )}
      <Choice
        label="When the shop shows a number nobody can explain"
        value={onDrift}
        change={(value) => setOnDrift(value as typeof onDrift)}
        choices={[
          ['overwrite', 'Write ours again, and say so'],
          ['hold', 'Ask me first'],
        ]}
      />
      {channel?.settingFields.map((field) => (
        <Choice
          key={field.key}
          label={field.label}
          help={field.help}
          value={options[field.key] ?? store.options[field.key] ?? field.initial}
          change={(value) => setOptions({ ...options, [field.key]: value })}
          choices={field.choices.map(({ value, label }) => [value, label] as const)}
        />
      ))}
      <div class="actions">
        <Doing
          label="Save"
          work={save}
          done={(message) => go({ screen: 'store', storeId: store.id }, message)}
        />
      </div>
    </>
  );
}
