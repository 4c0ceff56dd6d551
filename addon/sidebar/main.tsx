// The sidebar: one screen at a time, kept fresh while it is open.

import { render } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { HomeState } from '../sidebar-api.ts';
import { Answer } from './answer.tsx';
import { ConnectStore } from './connect-store.tsx';
import { Files } from './files.tsx';
import { Home } from './home.tsx';
import { Pair } from './pair.tsx';
import { Screen } from './parts.tsx';
import { People } from './people.tsx';
import type { Go, Place } from './place.ts';
import { RefundScreen, Refunds } from './refund.tsx';
import { readHome } from './server.ts';
import { RefreshInventory } from './store-card.tsx';
import { StoreScreen } from './store-screen.tsx';
import { TurnOff, TurnOn } from './turn-on.tsx';
import { Warehouses } from './warehouses.tsx';
import { Why } from './why.tsx';

/** Each look costs Google a run of the script, so a quiet sidebar looks seldom. */
const LOOK_EVERY_MS = 30_000;
const LOOK_WHILE_BUSY_MS = 4_000;
/** Long enough to be read; after that it would speak of something that was. */
const NOTICE_MS = 20_000;

function Sidebar() {
  const [home, setHome] = useState<HomeState | null>(null);
  const [failure, setFailure] = useState('');
  const [place, setPlace] = useState<Place>({ screen: 'home' });
  const [notice, setNotice] = useState('');
  const last = useRef(Promise.resolve());
  const isDue = useRef(false);
  // Whoever asks while one look is under way gets the next one: the first may not know of what has just been done.
  const look = useCallback((): Promise<void> => {
    if (isDue.current) return last.current;
    isDue.current = true;
    last.current = last.current.then(async () => {
      isDue.current = false;
      const reply = await readHome();
      setFailure(reply.ok ? '' : reply.message);
      if (reply.ok) setHome(reply.value);
    });
    return last.current;
  }, []);
  useEffect(() => void look(), [look]);
  const busy = home?.stores.some(({ progress }) => progress !== null) ?? false;
  const lookEveryMs = busy ? LOOK_WHILE_BUSY_MS : LOOK_EVERY_MS;
  useEffect(() => {
    const timer = setInterval(() => void look(), lookEveryMs);
    return () => clearInterval(timer);
  }, [lookEveryMs, look]);
  useEffect(() => {
    if (notice === '') return;
    const timer = setTimeout(() => setNotice(''), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  const go: Go = (to, said = '') => {
    setPlace(to);
    setNotice(said);
    if (to.screen === 'home' || to.screen === 'store') void look();
  };
  if (home === null) {
    return (
      <Screen title="Stocksheet">
        {failure === '' ? (
          <p role="status">Loading…</p>
        ) : (
          <p class="notice bad" role="alert">
            {failure}
          </p>
        )}
      </Screen>
    );
  }
  if (home.address === null) return <Pair go={go} isConnected={false} />;
  const said = failure === '' ? notice : failure;
  const parts = { home, place, go, look, say: setNotice, lookEveryMs };
  return <At {...parts} notice={said} />;
}

type AtProps = {
  readonly home: HomeState;
  readonly place: Place;
  readonly go: Go;
  readonly notice: string;
  readonly look: () => Promise<void>;
  readonly say: (notice: string) => void;
  readonly lookEveryMs: number;
};

function At({ home, place, go, notice, look, say, lookEveryMs }: AtProps) {
  const store = 'storeId' in place ? home.stores.find(({ id }) => id === place.storeId) : undefined;
  switch (place.screen) {
    case 'why':
      return <Why sku={place.sku} go={go} />;
    case 'people':
      return <People go={go} isOwner={home.me?.role === 'owner'} />;
    case 'warehouses':
      return <Warehouses go={go} isOwner={home.me?.role === 'owner'} />;
    case 'files':
      return <Files address={home.address ?? ''} go={go} />;
    case 'refunds':
      return <Refunds problems={home.problems} go={go} />;
    case 'refund':
      return (
        <RefundScreen
          problemId={place.problemId}
          canWork={home.me !== null && home.me.role !== 'viewer'}
          go={go}
        />
      );
    case 'answer':
      if (store !== undefined) return <Answer store={store} question={place.question} go={go} />;
      break;
    case 'connect':
      return <ConnectStore go={go} look={look} />;
    case 'pair':
      return <Pair go={go} isConnected />;
    case 'store':
      if (store !== undefined) return <StoreScreen store={store} home={home} go={go} notice={notice} />;
      break;
    case 'turn-on':
      if (store !== undefined) return <TurnOn store={store} go={go} />;
      break;
    case 'turn-off':
      if (store !== undefined) return <TurnOff store={store} go={go} />;
      break;
    case 'refresh-inventory':
      if (store !== undefined) return <RefreshInventory store={store} go={go} />;
      break;
    case 'home':
  }
  return <Home home={home} go={go} notice={notice} look={look} say={say} lookEveryMs={lookEveryMs} />;
}

const root = document.getElementById('app');
if (root !== null) {
  root.textContent = '';
  render(<Sidebar />, root);
}
