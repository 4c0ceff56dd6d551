// A choice that takes effect with its button only: an arrow key alone must not change what somebody may do.

import { useRef, useState } from 'preact/hooks';
import type { Reply } from '../sidebar-api.ts';
import { Doing, Notice } from './parts.tsx';

export function Decision(props: {
  /** Of the choice, for who listens. */
  readonly label: string;
  /** Of the button, for who listens. */
  readonly name: string;
  /** What is true now. */
  readonly value: string;
  readonly choices: readonly (readonly [string, string])[];
  readonly change: (value: string) => Promise<Reply<unknown>>;
  readonly done: (value: string) => string;
}) {
  const { label, value, change, done } = props;
  const [chosen, setChosen] = useState(value);
  const [said, setSaid] = useState('');
  const select = useRef<HTMLSelectElement>(null);
  const work = async () => {
    // The button has nothing left to do afterwards, and a focus on it would be lost.
    select.current?.focus();
    const reply = await change(chosen);
    if (reply.ok) setSaid(done(chosen));
    // What was refused must not look as if it were so.
    else setChosen(value);
    return reply;
  };
  return (
    <>
      <div class="actions">
        <select
          ref={select}
          style={{ width: 'auto' }}
          aria-label={label}
          value={chosen}
          onChange={(event) => {
            setChosen(event.currentTarget.value);
            setSaid('');
          }}
        >
          {props.choices.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
        <Doing label="Change" name={props.name} disabled={chosen === value} work={work} />
      </div>
      <Notice text={said} />
    </>
  );
}
