// Everything the sidebar's first screen shows, in one answer: each call costs the sheet time.

import * as z from 'zod/mini';
import { meAnswer } from './people.ts';
import { problemsAnswer } from './problems.ts';
import { storeView } from './stores.ts';

export const homeAnswer = z.object({
  me: meAnswer,
  stores: z.array(storeView),
  problems: problemsAnswer.shape.problems,
});
export type HomeAnswer = z.infer<typeof homeAnswer>;
