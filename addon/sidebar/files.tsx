// Everything as CSV files: each is made on demand, behind a link that works for some minutes.

import { useState } from 'preact/hooks';
import type { ExportAnswer, ExportKind } from '../../shared/api/csv.ts';
import { Doing, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';
import { clock } from './words.ts';

const FILES: readonly (readonly [ExportKind, string])[] = [
  ['products', 'Products'],
  ['stock', 'Stock'],
  ['purchase-orders', 'Purchase orders'],
  ['ledger', 'Ledger'],
];

export function Files({ address, go }: { readonly address: string; readonly go: Go }) {
  return (
    <Screen title="Files" onBack={() => go(HOME)}>
      <p>Take your data with you, as CSV. Whoever has a link can open it, until it ends.</p>
      {FILES.map(([what, label]) => (
        <File key={what} what={what} label={label} address={address} />
      ))}
    </Screen>
  );
}

function File({ what, label, address }: { what: ExportKind; label: string; address: string }) {
  const [link, setLink] = useState<ExportAnswer | null>(null);
  const make = async () => {
    const reply = await ask<ExportAnswer>('post', '/api/exports', { what });
    if (reply.ok) setLink(reply.value);
    return reply;
  };
  return (
    <div class="card">
      <b>{label}</b>
      <div class="actions">
        {link !== null && (
          <a class="button" href={address + link.path} target="_blank" rel="noopener">
            Open {label}
          </a>
        )}
        <Doing label={link === null ? `Export ${label}` : 'New link'} work={make} />
      </div>
      {link !== null && <p class="dim">{`The link works until ${clock(new Date(link.expiresAt))}.`}</p>}
    </div>
  );
}
