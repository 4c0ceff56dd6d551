// The warehouses: added, renamed, put first, archived and brought back. Which stores they serve is chosen at each store.

import { useEffect, useState } from 'preact/hooks';
import type { WarehouseAnswer, WarehouseView } from '../../shared/api/warehouses.ts';
import type { Reply } from '../sidebar-api.ts';
import { Doing, Field, Notice, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';

type Known = Pick<WarehouseAnswer, 'warehouses'>;
type Send = (method: 'post' | 'patch', path: string, body: object) => Promise<Reply<WarehouseAnswer>>;

export function Warehouses({ go, isOwner }: { readonly go: Go; readonly isOwner: boolean }) {
  const [known, setKnown] = useState<Reply<Known> | null>(null);
  const [said, setSaid] = useState('');
  const [name, setName] = useState('');
  useEffect(() => void ask<Known>('get', '/api/warehouses').then(setKnown), []);
  if (known?.ok !== true) {
    return (
      <Screen title="Warehouses" onBack={() => go(HOME)}>
        {known === null ? <p role="status">Loading…</p> : <p class="notice bad">{known.message}</p>}
      </Screen>
    );
  }
  const send: Send = async (method, path, body) => {
    setSaid('');
    const reply = await ask<WarehouseAnswer>(method, path, body);
    if (reply.ok && reply.value.accepted) {
      setKnown(reply);
      setSaid(reply.value.message);
    }
    return reply;
  };
  const { warehouses } = known.value;
  const first = warehouses.find(({ archived }) => !archived)?.id ?? null;
  return (
    <Screen
      title="Warehouses"
      under="The places that hold your stock."
      onBack={() => go(HOME)}
      foot="Open a store to choose which warehouse it sells from."
    >
      <Notice text={said} />
      {warehouses.map((warehouse) => (
        <WarehouseCard
          key={warehouse.id}
          warehouse={warehouse}
          isFirst={warehouse.id === first}
          isOwner={isOwner}
          send={send}
        />
      ))}
      {isOwner && (
        <>
          <Field label="Add a warehouse" value={name} change={setName} placeholder="Back room" />
          <div class="actions">
            <Doing
              label="Add"
              disabled={name.trim() === ''}
              work={() => send('post', '/api/warehouses', { name: name.trim() })}
              done={() => setName('')}
            />
          </div>
        </>
      )}
    </Screen>
  );
}

function WarehouseCard(props: {
  readonly warehouse: WarehouseView;
  readonly isFirst: boolean;
  readonly isOwner: boolean;
  readonly send: Send;
}) {
  const { warehouse, isFirst, isOwner, send } = props;
  const [name, setName] = useState<string | null>(null);
  const change = (body: object) => send('patch', `/api/warehouses/${warehouse.id}`, body);
  return (
    <div class="card">
      <b>{warehouse.name}</b>
      <p class="dim">{factsOf(warehouse, isFirst)}</p>
      {isOwner && name === null && (
        <div class="actions">
          <button
            type="button"
            aria-label={`Rename ${warehouse.name}`}
            onClick={() => setName(warehouse.name)}
          >
            Rename…
          </button>
          {!isFirst && !warehouse.archived && (
            <Doing
              label="Put first"
              name={`Put ${warehouse.name} first`}
              work={() => change({ position: 1 })}
            />
          )}
          <Doing
            label={warehouse.archived ? 'Bring back' : 'Archive'}
            name={`${warehouse.archived ? 'Bring back' : 'Archive'} ${warehouse.name}`}
            work={() => change({ archived: !warehouse.archived })}
          />
        </div>
      )}
      {name !== null && (
        <>
          <Field label={`New name of ${warehouse.name}`} value={name} change={setName} />
          <div class="actions">
            <Doing
              label="Save"
              disabled={name.trim() === ''}
              work={() => change({ name: name.trim() })}
              done={() => setName(null)}
            />
            <button type="button" onClick={() => setName(null)}>
              Not now
            </button>
          </div>
        </>
      )}
    </div>
  );
}

function factsOf({ archived, serves }: WarehouseView, isFirst: boolean): string {
  if (archived) return 'Archived: nothing new is booked here.';
  const first = isFirst ? 'Meant where nobody names a warehouse. ' : '';
  return `${first}${serves.length === 0 ? 'Serves no store.' : `Serves ${serves.join(', ')}.`}`;
}
