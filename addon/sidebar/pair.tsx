// The very first screen: which server, and the code that it printed.

import { useState } from 'preact/hooks';
import { Doing, Field, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { inSheet } from './server.ts';

type Props = {
  readonly go: Go;
  /** Whether there is a screen to go back to: not before the sheet is connected. */
  readonly isConnected: boolean;
};

export function Pair({ go, isConnected }: Props) {
  const [address, setAddress] = useState('');
  const [code, setCode] = useState('');
  return (
    <Screen
      title="Connect this sheet"
      under="Two things, once."
      onBack={isConnected ? () => go(HOME) : undefined}
    >
      <p>On the computer that runs Stocksheet, type this and read off the code:</p>
      <p class="card">
        <code>npm run pair</code>
      </p>
      <Field
        label="Server address"
        value={address}
        change={setAddress}
        placeholder="https://stock.example.com"
        help="The address of your own Stocksheet server, as Google can reach it."
      />
      <Field
        label="Pairing code"
        value={code}
        change={setCode}
        placeholder="ABCD-2345"
        help="Good for ten minutes, and for one sheet."
      />
      <div style={{ marginTop: '14px' }}>
        <Doing
          primary
          label="Connect"
          disabled={address.trim() === '' || code.trim() === ''}
          work={() => inSheet('pair', { address, code })}
          done={(message) => go(HOME, message)}
        />
      </div>
    </Screen>
  );
}
