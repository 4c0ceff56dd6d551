// POST /api/stores/:id/answer: a person's word on what the system stopped at and asked about.

import { answerQuestionRequest } from '../../../shared/api/stores.ts';
import { endpoint, forStore, storeIdOf } from '../endpoint.ts';

export const answerQuestion = endpoint({
  method: 'post',
  path: '/api/stores/:id/answer',
  role: 'owner',
  body: answerQuestionRequest,
  handle: (call, services) =>
    forStore(services.answerQuestion(storeIdOf(call), call.body.question, call.caller)),
});
