// Whether two clocks agree: signed requests are refused when the sheet's and the server's are five minutes apart, and orders are
// counted by the shops' own times.

import { sizeInWords } from '../../shared/model/duration.ts';
import { type Finding, ok, wrong } from './finding.ts';

const APART_MAX_MS = 60_000;

/** `theirsMs` was told at about `oursMs`. A Date header is a whole second and has travelled, so small differences say nothing. */
export function compareClocks(whose: string, theirsMs: number, oursMs: number): Finding {
  const apartMs = Math.abs(theirsMs - oursMs);
  if (apartMs <= APART_MAX_MS) return ok('Clock', `agrees with ${whose}`);
  const how = theirsMs > oursMs ? 'behind' : 'ahead of';
  return wrong(
    'Clock',
    `This server's clock is ${sizeInWords(apartMs)} ${how} ${whose}. Turn on time synchronisation (NTP) on this server.`,
  );
}
