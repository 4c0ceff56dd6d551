// Which warehouse serves the store, or each of its locations: chosen, looked at as a preview, then saved.

import { useEffect, useState } from 'preact/hooks';
import type { StoreView } from '../../shared/api/stores.ts';
import type { ListWarehousesAnswer, MapPlacesRequest } from '../../shared/api/warehouses.ts';
import type { Reply } from '../sidebar-api.ts';
import { Choice, Doing } from './parts.tsx';
import { ask } from './server.ts';

const NOT_OURS = 'not-ours';

/** A store without locations sells from its first warehouse, and from others that are ticked. */
const YES = 'yes';
const alsoKey = (warehouseId: string): string => `also ${warehouseId}`;

export function Places(props: {
  readonly store: StoreView;
  readonly saved: () => void;
  /** Told when what is chosen differs from what is saved, and when it no longer does. */
  readonly unsaved?: (isUnsaved: boolean) => void;
}) {
  const { store, saved, unsaved } = props;
  const [known, setKnown] = useState<Reply<ListWarehousesAnswer> | null>(null);
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>(() => chosenNow(store));
  const [preview, setPreview] = useState('');
  useEffect(() => void ask<ListWarehousesAnswer>('get', '/api/warehouses').then(setKnown), []);
  if (known === null) return <p role="status">Loading…</p>;
  if (!known.ok) return <p class="notice bad">{known.message}</p>;
  const warehouses = known.value.warehouses.filter(({ archived }) => !archived);
  const choices = warehouses.map(({ id, name }) => [id, name] as const);
  const rows =
    store.locations.length === 0
      ? [{ id: '', name: 'The shop sells from' }]
      : store.locations.map(({ id, name }) => ({ id, name }));
  const send = (isPreview: boolean): Promise<Reply<unknown>> =>
    ask('post', `/api/stores/${store.id}/places`, { ...requestOf(store, chosen), preview: isPreview });
  const choose = (next: typeof chosen): void => {
    setChosen(next);
    setPreview('');
    unsaved?.(!isSame(next, chosenNow(store)));
  };
  return (
    <>
      {rows.map(({ id, name }) => (
        <Choice
          key={id}
          label={name}
          value={chosen[id] ?? ''}
          change={(value) => choose({ ...chosen, [id]: value })}
          choices={[
            ['', 'Choose…'],
            ...choices,
            ...(id === '' ? [] : [[NOT_OURS, 'Not ours: leave it alone'] as const]),
          ]}
        />
      ))}
      {store.locations.length === 0 && warehouses.length > 1 && (
        <fieldset>
          <legend>It also sells from</legend>
          {warehouses
            .filter(({ id }) => id !== chosen[''])
            .map(({ id, name }) => (
              <label class="choice" key={id}>
                <input
                  type="checkbox"
                  checked={chosen[alsoKey(id)] === YES}
                  onChange={(event) =>
                    choose({ ...chosen, [alsoKey(id)]: event.currentTarget.checked ? YES : '' })
                  }
                />
                {name}
              </label>
            ))}
        </fieldset>
      )}
      {preview !== '' && (
        <p class="notice" role="status">
          {preview}
        </p>
      )}
      {!isSame(chosen, chosenNow(store)) && (
        <div class="actions">
          {preview === '' ? (
            <Doing
              label="See what would happen"
              work={() => send(true)}
              done={(message) => setPreview(`Nothing is saved yet. ${message}`)}
            />
          ) : (
            <Doing label="Save the warehouses" work={() => send(false)} done={saved} />
          )}
        </div>
      )}
    </>
  );
}

function chosenNow(store: StoreView): Record<string, string> {
  if (store.locations.length === 0) {
    const [first, ...others] = store.warehouses;
    return {
      '': first?.warehouseId ?? '',
      ...Object.fromEntries(others.map(({ warehouseId }) => [alsoKey(warehouseId), YES])),
    };
  }
  return Object.fromEntries(
    store.locations.map(({ id, warehouseId, ours }) => [id, warehouseId ?? (ours === false ? NOT_OURS : '')]),
  );
}

const isSame = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean =>
  Object.keys({ ...one, ...other }).every((key) => (one[key] ?? '') === (other[key] ?? ''));

function requestOf(store: StoreView, chosen: Readonly<Record<string, string>>): MapPlacesRequest {
  if (store.locations.length === 0) {
    const first = chosen[''] ?? '';
    const others = Object.keys(chosen).filter((key) => key !== '' && chosen[key] === YES);
    const ids = [first, ...others.map((key) => key.slice(alsoKey('').length))];
    return { warehouseIds: [...new Set(ids)].filter((id) => id !== '') };
  }
  return {
    locations: store.locations.map(({ id }) => {
      const value = chosen[id] ?? '';
      return value === NOT_OURS || value === ''
        ? { id, warehouseId: null, ours: value === NOT_OURS ? false : null }
        : { id, warehouseId: value };
    }),
  };
}
