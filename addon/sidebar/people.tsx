// Who may use this workspace, as what, and which sheets and programs may call.

import { useEffect, useState } from 'preact/hooks';
import type { PeopleAnswer } from '../../shared/api/people.ts';
import { JOIN_RULES, PERSON_ROLES } from '../../shared/model/person.ts';
import type { Reply } from '../sidebar-api.ts';
import { Decision } from './decision.tsx';
import { Confirm, Doing, Field, Notice, Screen } from './parts.tsx';
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
  const [leaving, setLeaving] = useState<string | null>(null);
  const [said, setSaid] = useState('');
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
  if (leaving !== null) {
    const remove = async () => {
      const reply = await send('/api/people', { email: leaving, role: null });
      if (reply.ok) setSaid(`${leaving} was removed.`);
      return reply;
    };
    return <Removal email={leaving} work={remove} close={() => setLeaving(null)} />;
  }
  return (
    <Screen
      title="People"
      under="Owners decide, staff work, viewers look."
      onBack={() => go(HOME)}
      foot="What somebody does stands in the Ledger under their e-mail address."
    >
      <Notice text={said} />
      {value.people.map((person) => (
        <PersonCard
          key={person.email}
          person={person}
          isOwner={isOwner}
          send={send}
          remove={() => {
            setSaid('');
            setLeaving(person.email);
          }}
        />
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
          <h2>{FIRST_TIME}</h2>
          <Decision
            label={FIRST_TIME}
            name={`Change: ${FIRST_TIME}`}
            value={value.joinsAs}
            choices={JOIN_RULES.map((rule) => [rule, JOINS[rule]] as const)}
            change={(joinsAs) => send('/api/people/joining', { joinsAs })}
            done={() => 'Changed.'}
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

const FIRST_TIME = 'Who opens the sheet for the first time';

function Removal(props: {
  readonly email: string;
  readonly work: () => Promise<Reply<unknown>>;
  readonly close: () => void;
}) {
  const what = [
    'Stocksheet does nothing more for this person, and rows of theirs that wait are not sent.',
    'What they did stays in the Ledger, and you can add them again.',
    'The spreadsheet itself is still shared with them: end that where you share it.',
  ];
  return <Confirm title={`Remove ${props.email}?`} what={what} label="Remove" {...props} />;
}

function PersonCard(props: {
  readonly person: PeopleAnswer['people'][number];
  readonly isOwner: boolean;
  readonly send: (path: string, body: object) => Promise<Reply<unknown>>;
  readonly remove: () => void;
}) {
  const { email, name, role, lastSeenAt, isYou } = props.person;
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
          <button type="button" class="danger" aria-label={`Remove ${email}`} onClick={props.remove}>
            Remove…
          </button>
        ) : (
          <span>{role}</span>
        )}
      </div>
      {props.isOwner && (
        <Decision
          label={`Role of ${email}`}
          name={`Change the role of ${email}`}
          value={role}
          choices={PERSON_ROLES.map((one) => [one, one] as const)}
          change={(to) => props.send('/api/people', { email, role: to })}
          done={(to) => `${email} is ${to} now.`}
        />
      )}
    </div>
  );
}
