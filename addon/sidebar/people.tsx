// Who may use this workspace, as what, and which sheets and programs may call.

import { useEffect, useState } from 'preact/hooks';
import type { PeopleAnswer } from '../../shared/api/people.ts';
import { JOIN_RULES, PERSON_ROLES } from '../../shared/model/person.ts';
import type { Reply } from '../sidebar-api.ts';
import { Choice, Doing, Field, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { ask } from './server.ts';
import { when } from './words.ts';

const JOINS: Readonly<Record<PeopleAnswer['joinsAs'], string>> = {
  staff: 'joins as staff',
  viewer: 'joins as viewer',
  nobody: 'waits for an owner',
};

export function People({ go, isOwner }: { readonly go: Go; readonly isOwner: boolean }) {
  const [people, setPeople] = useState<Reply<PeopleAnswer> | null>(null);
  const [email, setEmail] = useState('');
  useEffect(() => void ask<PeopleAnswer>('get', '/api/people').then(setPeople), []);
  if (people?.ok !== true) {
    return (
      <Screen title="People" onBack={() => go(HOME)}>
        {people === null ? <p role="status">Loading…</p> : <p class="notice bad">{people.message}</p>}
      </Screen>
    );
  }
  const send = async (path: string, body: object): Promise<Reply<unknown>> => {
    const reply = await ask<PeopleAnswer>('post', path, body);
    if (reply.ok) setPeople(reply);
    return reply;
  };
  const { value } = people;
  return (
    <Screen
      title="People"
      under="Owners decide, staff work, viewers look."
      onBack={() => go(HOME)}
      foot="What somebody does stands in the Ledger under their e-mail address."
    >
      {value.people.map((person) => (
        <PersonCard key={person.email} person={person} isOwner={isOwner} send={send} />
      ))}
      {isOwner && (
        <>
          <Field label="Add somebody" value={email} change={setEmail} placeholder="name@example.com" />
          <div class="actions">
            <Doing
              label="Add as staff"
              disabled={email.trim() === ''}
              work={() => send('/api/people', { email: email.trim(), role: 'staff' })}
              done={() => setEmail('')}
            />
          </div>
          <Choice
            label="Who opens the sheet for the first time"
            value={value.joinsAs}
            change={(joinsAs) => void send('/api/people/joining', { joinsAs })}
            choices={JOIN_RULES.map((rule) => [rule, JOINS[rule]] as const)}
          />
        </>
      )}
      <h2>Sheets and programs</h2>
      {value.keys.map((key) => (
        <div class="card" key={key.keyId}>
          <b>{key.label}</b>
          <p class="dim num">
            {key.isThisSheet ? 'This sheet · ' : ''}
            last used {when(key.lastUsedAt, Date.now())}
          </p>
          {isOwner && !key.isThisSheet && (
            <div class="actions">
              <Doing danger label="Withdraw" work={() => send('/api/keys/withdraw', { keyId: key.keyId })} />
            </div>
          )}
        </div>
      ))}
    </Screen>
  );
}

function PersonCard(props: {
  readonly person: PeopleAnswer['people'][number];
  readonly isOwner: boolean;
  readonly send: (path: string, body: object) => Promise<Reply<unknown>>;
}) {
  const { email, name, role, lastSeenAt, isYou } = props.person;
  const [problem, setProblem] = useState('');
  const change = async (to: string) => {
    const reply = await props.send('/api/people', { email, role: to === 'remove' ? null : to });
    setProblem(reply.ok ? '' : reply.message);
  };
  return (
    <div class="card">
      <div class="row">
        <div class="grow">
          <b>{name === '' ? email : name}</b>
          <div class="dim num">
            {name === '' ? '' : `${email} · `}
            {isYou ? 'you' : `seen ${when(lastSeenAt, Date.now())}`}
          </div>
        </div>
        {props.isOwner ? (
          <select
            style={{ width: '92px' }}
            aria-label={`Role of ${email}`}
            value={role}
            onChange={(event) => void change(event.currentTarget.value)}
          >
            {PERSON_ROLES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
            <option value="remove">remove</option>
          </select>
        ) : (
          <span>{role}</span>
        )}
      </div>
      {problem !== '' && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
