// Connecting a store: a form drawn from what its channel needs, and what is missing, in words.

import { useEffect, useState } from 'preact/hooks';
import type { ListChannelsAnswer } from '../../shared/api/channels.ts';
import type { AuthorizeStoreAnswer, ConnectStoreAnswer } from '../../shared/api/stores.ts';
import type { Reply } from '../sidebar-api.ts';
import { Badge, Doing, Field, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';

type Channel = ListChannelsAnswer['channels'][number];

type Props = {
  readonly go: Go;
  /** Until the first screen knows of the new store, there is nothing to open. */
  readonly look: () => Promise<void>;
};

export function ConnectStore({ go, look }: Props) {
  const [channels, setChannels] = useState<Reply<ListChannelsAnswer> | null>(null);
  const [chosen, setChosen] = useState<Channel | null>(null);
  useEffect(() => void ask<ListChannelsAnswer>('get', '/api/channels').then(setChannels), []);
  if (chosen !== null) return <Form channel={chosen} go={go} look={look} onBack={() => setChosen(null)} />;
  return (
    <Screen title="Connect a store" under="Where do you sell?" onBack={() => go(HOME)}>
      {channels === null && <p role="status">Loading…</p>}
      {channels?.ok === false && <p class="notice bad">{channels.message}</p>}
      {channels?.ok === true &&
        channels.value.channels.map((channel) => (
          <div class="card row" key={channel.id}>
            <Badge label={channel.label} />
            <b class="grow">{channel.label}</b>
            <button type="button" onClick={() => setChosen(channel)} aria-label={`Choose ${channel.label}`}>
              Choose
            </button>
          </div>
        ))}
    </Screen>
  );
}

type Findings = ConnectStoreAnswer['findings'];

function Form({ channel, go, look, onBack }: Props & { channel: Channel; onBack: () => void }) {
  const [name, setName] = useState('');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [findings, setFindings] = useState<Findings>([]);
  const [opened, setOpened] = useState<AuthorizeStoreAnswer | null>(null);
  const [isPasted, setPasted] = useState(false);
  const { authorization } = channel;
  // The shop can send nobody back to a server without a public address: then its tokens are pasted.
  const canRedirect = authorization !== null && authorization.redirectUri != null;
  const redirect = canRedirect && !isPasted ? authorization : null;
  const fields = channel.credentialFields.filter(
    ({ key }) => redirect === null || redirect.needs.includes(key),
  );
  const missing = fields.find(({ key, required }) => required && (typed[key] ?? '').trim() === '');
  const credentials = Object.fromEntries(
    fields.map(({ key }) => [key, (typed[key] ?? '').trim()]).filter(([, value]) => value !== ''),
  );
  const connect = async (): Promise<Reply<unknown>> => {
    if (missing !== undefined) return { ok: false, message: `Fill in "${missing.label}".` };
    const request = {
      channel: channel.id,
      credentials,
      ...(name.trim() === '' ? {} : { name: name.trim() }),
    };
    if (redirect !== null) {
      const reply = await ask<AuthorizeStoreAnswer>('post', '/api/stores/authorize', request);
      if (reply.ok) setOpened(reply.value);
      return reply;
    }
    if (name.trim() === '') return { ok: false, message: 'Give the store a name that you will recognise.' };
    const reply = await ask<ConnectStoreAnswer>('post', '/api/stores', request);
    if (!reply.ok) return reply;
    setFindings(reply.value.findings);
    const { store } = reply.value;
    if (store !== null) {
      await look();
      const said = `${store.name} is connected. Nothing is written to it until you turn it on.`;
      go({ screen: 'store', storeId: store.id }, said);
    }
    return { ok: true, value: '' };
  };
  return (
    <Screen
      title={`Connect ${channel.label}`}
      under="Nothing is written to the shop until you turn it on."
      onBack={onBack}
    >
      <Found findings={findings} />
      {redirect?.redirectUri != null && (
        <p class="card">
          <span class="dim">Register this address with the app at {channel.label}:</span>
          <br />
          <code>{redirect.redirectUri}</code>
        </p>
      )}
      <Field
        label="Name in this sheet"
        value={name}
        change={setName}
        placeholder={`My ${channel.label} shop`}
      />
      {fields.map((field) => (
        <Field
          key={field.key}
          label={field.required ? field.label : `${field.label} (optional)`}
          help={field.help}
          secret={field.secret}
          placeholder={field.placeholder}
          value={typed[field.key] ?? ''}
          change={(text) => setTyped({ ...typed, [field.key]: text })}
        />
      ))}
      <div style={{ marginTop: '14px' }}>
        {opened?.url == null ? (
          <Doing
            // What was wrong is about what stood there: with something else typed it is over.
            key={JSON.stringify([name, typed])}
            primary
            label={redirect === null ? 'Check and connect' : 'Continue at the shop'}
            work={connect}
          />
        ) : (
          <AllowAtShop label={channel.label} url={opened.url} go={go} />
        )}
        {opened !== null && opened.message !== '' && <p class="notice">{opened.message}</p>}
      </div>
      {canRedirect && opened === null && (
        <div class="center">
          <button type="button" class="link" onClick={() => setPasted(!isPasted)}>
            {isPasted ? 'Allow access at the shop instead' : 'I have all keys: let me paste them'}
          </button>
        </div>
      )}
    </Screen>
  );
}

function AllowAtShop({ label, url, go }: { readonly label: string; readonly url: string; readonly go: Go }) {
  return (
    <>
      <a class="button primary" style={{ width: '100%' }} href={url} target="_blank" rel="noopener">
        Open {label}
      </a>
      <p class="dim">Allow Stocksheet there, then come back: the store appears in the list by itself.</p>
      <div class="center">
        <button type="button" class="link" onClick={() => go(HOME)}>
          Back to the stores
        </button>
      </div>
    </>
  );
}

function Found({ findings }: { readonly findings: Findings }) {
  if (findings.length === 0) return null;
  const blockers = findings.filter(({ level }) => level === 'blocker');
  return (
    <div role="alert">
      {blockers.length > 0 && <p>Nothing was stored yet. This is missing:</p>}
      {findings.map(({ level, message }) => (
        <div class={`card ${level === 'blocker' ? 'bad' : 'warn'}`} key={message}>
          {message}
        </div>
      ))}
    </div>
  );
}
