// Turning a store on in three steps, and off with a word on what will happen.

import { useEffect, useState } from 'preact/hooks';
import type { StoreView } from '../../shared/api/stores.ts';
import type { PlanLine, TurnOnPlan } from '../../shared/api/turn-on.ts';
import { Confirm, Doing, Numbers, Screen } from './parts.tsx';
import { type Go, HOME } from './place.ts';
import { Places } from './places.tsx';
import { ask, inSheet } from './server.ts';
import { plural, signed } from './words.ts';

type Props = { readonly store: StoreView; readonly go: Go };

export function TurnOff({ store, go }: Props) {
  return (
    <Confirm
      title={`Turn off ${store.name}?`}
      what={[
        'The shop keeps the numbers it shows now. Nothing more is written to it, and its orders no longer move your stock.',
        'Its listings are still read. Units booked by its open orders stay booked.',
        'You can turn it on again at any time, and choose then what happens to the orders in between.',
      ]}
      label="Turn off"
      work={() => ask('post', `/api/stores/${store.id}/sync`, { on: false })}
      close={(message) => go(HOME, message)}
    />
  );
}

export function TurnOn({ store, go }: Props) {
  return store.openingImportedAt === null ? (
    <FirstTime store={store} go={go} />
  ) : (
    <Again store={store} go={go} />
  );
}

function Again({ store, go }: Props) {
  const [resume, setResume] = useState<'catch-up' | 'start-from-now'>('catch-up');
  return (
    <Confirm
      title={`Turn on ${store.name}?`}
      what={['Its orders are read first, then the shop is told your numbers.']}
      label="Turn on"
      work={() => ask('post', `/api/stores/${store.id}/sync`, { on: true, resume })}
      close={(message) => go(HOME, message)}
    >
      <h2>Orders while it was off</h2>
      <Radio
        name="resume"
        value={resume}
        change={setResume}
        choices={[
          ['catch-up', 'Count them now', 'What was sold meanwhile is taken from your stock, once.'],
          ['start-from-now', 'Leave them out', 'You have counted since, or settled them by hand.'],
        ]}
      />
    </Confirm>
  );
}

const LOOK_EVERY_MS = 2_000;
const LOOK_AFTER_FAILURE_MS = 5_000;

const STEPS = ['Warehouse', 'What would change', 'Where the number comes from'] as const;

function FirstTime({ store, go }: Props) {
  const [step, setStep] = useState(0);
  const [isUnsaved, setUnsaved] = useState(false);
  const [plan, setPlan] = useState<TurnOnPlan | null>(null);
  const [planProblem, setPlanProblem] = useState('');
  const [opening, setOpening] = useState<'copy' | 'keep'>('keep');
  useEffect(() => {
    if (step !== 1) return;
    let gone = false;
    let next: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const reply = await ask<TurnOnPlan>('post', `/api/stores/${store.id}/turn-on-plan`, {});
      if (gone) return;
      setPlanProblem(reply.ok ? '' : reply.message);
      if (reply.ok) setPlan(reply.value);
      const waitMs = !reply.ok
        ? LOOK_AFTER_FAILURE_MS
        : reply.value.state === 'reading'
          ? LOOK_EVERY_MS
          : null;
      if (waitMs !== null) next = setTimeout(() => void look(), waitMs);
    };
    void look();
    return () => {
      gone = true;
      clearTimeout(next);
    };
  }, [step, store.id]);
  const ready = plan?.state === 'ready' ? plan : null;
  const request = { on: true, opening, ...(ready === null ? {} : { planId: ready.planId }) };
  // Places starts anew from what is saved each time it is shown.
  const toStep = (next: number) => {
    setUnsaved(false);
    setStep(next);
  };
  const back = () => (step === 0 ? go(HOME) : toStep(step - 1));
  return (
    <Screen
      title={`Turn on sync: step ${step + 1} of 3`}
      under={`${store.name} · ${store.channelLabel}`}
      onBack={back}
      foot="You can turn it off at any time. Open orders are kept."
    >
      {step < 2 && <p>Nothing has been written yet. {step === 1 ? 'This is what would change.' : ''}</p>}
      <h2>{STEPS[step]}</h2>
      {step === 0 && <Places store={store} saved={() => toStep(1)} unsaved={setUnsaved} />}
      {step === 1 && planProblem !== '' && (
        <p class="notice bad" role="alert">
          {planProblem}
        </p>
      )}
      {step === 1 && (planProblem === '' || ready !== null) && <Plan plan={plan} />}
      {step === 2 && (
        <Radio
          name="opening"
          value={opening}
          change={setOpening}
          choices={[
            ['keep', "Keep Stocksheet's numbers", 'The shop takes over the numbers of this sheet.'],
            [
              'copy',
              `Copy the shop's stock ${ready === null ? 'where none is set' : `for the ${ready.neverSet} never set`}`,
              `Its available units plus ${ready === null ? 'its open orders' : plural(ready.openOrders, 'open order')}. Numbers that are set stay.`,
            ],
          ]}
        />
      )}
      <div style={{ marginTop: '14px' }}>
        {step < 2 ? (
          <>
            {isUnsaved && (
              <p class="notice warn" role="status">
                What you chose is not saved yet. See what would happen and save it, then go on.
              </p>
            )}
            <button
              type="button"
              class="primary"
              disabled={isUnsaved || (step === 1 && ready === null)}
              onClick={() => toStep(step + 1)}
            >
              Next
            </button>
          </>
        ) : (
          <Doing
            primary
            label={ready === null ? 'Turn on' : `Turn on and write ${plural(ready.differ, 'number')}`}
            work={() => ask('post', `/api/stores/${store.id}/sync`, request)}
            done={(message) => go(HOME, message)}
          />
        )}
      </div>
      <div class="center">
        <button type="button" class="link" onClick={() => go(HOME)}>
          Not now
        </button>
      </div>
    </Screen>
  );
}

function Plan({ plan }: { readonly plan: TurnOnPlan | null }) {
  if (plan === null || plan.state === 'reading') {
    return (
      <div role="status">
        <p>{plan?.message || 'Reading what the shop shows…'}</p>
        <progress
          aria-label="Reading"
          max={plan?.total ?? 1}
          {...(plan?.total ? { value: plan.done } : {})}
        />
      </div>
    );
  }
  if (plan.state === 'failed') return <p class="notice bad">{plan.message}</p>;
  return (
    <>
      <Numbers
        numbers={[
          ['same', plan.same],
          ['differ', plan.differ, plan.differ > 0 ? 'warnText' : ''],
          ['never set', plan.neverSet + plan.disagree],
        ]}
      />
      <LeftAlone plan={plan} />
      <table class="num">
        <tbody>
          {plan.lines.map((line) => (
            <tr key={`${line.sku} ${line.listing}`}>
              <td>
                {line.sku}
                <br />
                <span class="dim">{planWords(line)}</span>
              </td>
              <PlanChange line={line} />
            </tr>
          ))}
        </tbody>
      </table>
      {plan.linesLeftOff > 0 && (
        <Doing
          label={`All ${(plan.lines.length + plan.linesLeftOff).toLocaleString('en')} in a tab`}
          work={() => inSheet('goTo', { tab: 'Turn-on plan', row: 1 })}
        />
      )}
    </>
  );
}

function LeftAlone({ plan }: { readonly plan: TurnOnPlan }) {
  const parts = [
    [plan.untracked, 'not counted by the shop'],
    [plan.unknown, 'not known'],
    [plan.withoutSku, 'without a SKU'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return said.length === 0 ? null : <p class="dim">Left alone: {said.join(' · ')}.</p>;
}

const planWords = ({ shows, wouldPush, why }: PlanLine): string =>
  shows !== null && wouldPush !== null && shows !== wouldPush ? `shop ${shows} → ${wouldPush}` : why;

function PlanChange({ line: { shows, wouldPush } }: { readonly line: PlanLine }) {
  if (wouldPush === null) return <td class="warnText">skip</td>;
  if (shows === null) return <td>{wouldPush}</td>;
  const change = wouldPush - shows;
  return (
    <td class={change < 0 ? 'bad' : change > 0 ? 'ok' : 'dim'}>{change === 0 ? 'same' : signed(change)}</td>
  );
}

export function Radio<Value extends string>(props: {
  readonly name: string;
  readonly value: Value;
  readonly change: (value: Value) => void;
  readonly choices: readonly (readonly [Value, string, string])[];
}) {
  return (
    <div role="radiogroup">
      {props.choices.map(([value, label, detail]) => (
        <label class="card choice" key={value}>
          <input
            type="radio"
            name={props.name}
            checked={props.value === value}
            onChange={() => props.change(value)}
          />
          <span>
            <b>{label}</b>
            <br />
            <span class="dim">{detail}</span>
          </span>
        </label>
      ))}
    </div>
  );
}
