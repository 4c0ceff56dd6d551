// `npm run doctor`: looks at every piece of the set-up and says what to do. Changes nothing, beside a running server or without one.

import { readProcessConfig } from './config.ts';
import { notLookedAt } from './doctor/attempt.ts';
import { examine } from './doctor/examine.ts';
import { type Finding, toLine, verdict, wrong } from './doctor/finding.ts';
import { say } from './terminal.ts';

const found: Finding[] = [];
const tell = (findings: readonly Finding[]): void => {
  found.push(...findings);
  for (const finding of findings) say(toLine(finding));
};
const reading = readProcessConfig();
const isDebugging = reading.ok && ['debug', 'trace'].includes(reading.config.logLevel);
const hear = (error: unknown): void => {
  if (isDebugging) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
};
if (reading.ok) {
  await examine(reading.config, { now: () => new Date(), hear }, tell).catch((error: unknown) => {
    hear(error);
    tell([wrong('Doctor', notLookedAt(error))]);
  });
} else tell(reading.problems.map((problem) => wrong('Settings', problem)));
say(`\n${verdict(found)}`);
process.exitCode = found.some(({ level }) => level === 'wrong') ? 1 : 0;
