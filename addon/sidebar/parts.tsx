// The pieces that every screen is made of.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { badgeColour, badgeLetter } from '../../shared/model/badge.ts';
import type { Reply } from '../sidebar-api.ts';

export type Health = '' | 'warn' | 'bad';

export function Screen(props: {
  readonly title: string;
  readonly health?: Health;
  readonly under?: string;
  readonly onBack?: (() => void) | undefined;
  readonly foot?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { title, health, under, onBack, foot, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever listens instead of looking is told where they are now.
  useEffect(() => {
    if (onBack !== undefined) heading.current?.focus();
  }, [title]);
  // Back on the first screen the button that led there is gone.
  useEffect(focusHeading, []);
  return (
    <>
      <header>
        {onBack !== undefined && (
          <button type="button" class="back" onClick={onBack}>
            ‹ Back
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {health !== undefined && <i class={health} aria-hidden="true" />}
          <span aria-live="polite">{title}</span>
        </h1>
        {under !== undefined && <p class="num">{under}</p>}
      </header>
      <main>{children}</main>
      {foot !== undefined && <footer>{foot}</footer>}
    </>
  );
}

/** For when the button that was clicked is gone. Only then: whoever types in the sheet keeps the focus. */
export function focusHeading(): void {
  const isHere = document.hasFocus() && navigator.userActivation.hasBeenActive;
  if (isHere && document.activeElement === document.body) document.querySelector('h1')?.focus();
}

/** A button that waits for its work, and says beside itself when it failed, or when the server answered "not now". */
export function Doing(props: {
  readonly label: string;
  /** Where the label alone would not say it to somebody who listens. */
  readonly name?: string;
  readonly primary?: boolean;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly work: () => Promise<Reply<unknown>>;
  readonly done?: (message: string) => void;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ readonly tone: Health; readonly message: string } | null>(null);
  const start = async () => {
    setBusy(true);
    setProblem(null);
    const reply = await props.work();
    setBusy(false);
    if (!reply.ok) setProblem({ tone: 'bad', message: reply.message });
    else if (isAccepted(reply.value)) props.done?.(messageOf(reply.value));
    else setProblem({ tone: 'warn', message: messageOf(reply.value) });
  };
  const kind = `${props.primary === true ? 'primary' : ''} ${props.danger === true ? 'danger' : ''}`.trim();
  return (
    <>
      <button
        type="button"
        class={kind}
        aria-label={props.name}
        disabled={busy || props.disabled === true}
        onClick={() => void start()}
      >
        {busy ? `${props.label}…` : props.label}
      </button>
      {problem !== null && (
        <p class={`notice ${problem.tone}`} role="alert">
          {problem.message}
        </p>
      )}
    </>
  );
}

/** The server understood, and did nothing: its message says what stands in the way. */
export const isAccepted = (value: unknown): boolean =>
  (value as { readonly accepted?: unknown } | null)?.accepted !== false;

export function messageOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { message } = (value ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}

/** Says what will happen, before it does. */
export function Confirm(props: {
  readonly title: string;
  readonly what: readonly string[];
  readonly label: string;
  readonly work: () => Promise<Reply<unknown>>;
  readonly close: (message: string) => void;
  readonly children?: ComponentChildren;
}) {
  return (
    <Screen title={props.title} onBack={() => props.close('')}>
      {props.what.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {props.children}
      <Doing primary label={props.label} work={props.work} done={props.close} />
      <div class="center">
        <button type="button" class="link" onClick={() => props.close('')}>
          Not now
        </button>
      </div>
    </Screen>
  );
}

export const Numbers = (props: {
  readonly numbers: readonly (readonly [string, string | number, string?])[];
}) => (
  <dl class="big num">
    {props.numbers.map(([label, number, tone]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd class={tone ?? ''}>{number}</dd>
      </div>
    ))}
  </dl>
);

/** Always there, so that whoever listens hears what comes into it. */
export const Notice = ({ text }: { readonly text: string }) => (
  <div role="status">{text !== '' && <p class="notice">{text}</p>}</div>
);

export function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly change: (text: string) => void;
  readonly help?: string;
  readonly secret?: boolean;
  readonly placeholder?: string;
}) {
  const id = `field-${props.label.toLowerCase().replace(/\W+/g, '-')}`;
  return (
    <>
      <label for={id}>{props.label}</label>
      <input
        id={id}
        {...(props.secret === true ? { type: 'password' as const } : { type: 'text' as const })}
        value={props.value}
        placeholder={props.placeholder ?? ''}
        autocomplete="off"
        aria-describedby={props.help ? `${id}-help` : undefined}
        onInput={(event) => props.change(event.currentTarget.value)}
      />
      {props.help && (
        <div id={`${id}-help`} class="dim">
          {props.help}
        </div>
      )}
    </>
  );
}

export function Choice(props: {
  readonly label: string;
  readonly help?: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly choices: readonly (readonly [string, string])[];
}) {
  const id = `choice-${props.label.toLowerCase().replace(/\W+/g, '-')}`;
  return (
    <>
      <label for={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.change(event.currentTarget.value)}>
        {props.choices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {props.help && <div class="dim">{props.help}</div>}
    </>
  );
}

/** The time, every second: for countdowns. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export const Badge = ({ label }: { readonly label: string }) => (
  <span class="badge" style={{ background: badgeColour(label) }} aria-hidden="true">
    {badgeLetter(label)}
  </span>
);
