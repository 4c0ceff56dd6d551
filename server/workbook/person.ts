// Who the page says is at the keyboard: asked once, kept by the browser, sent with every request.

import type { Request } from 'express';
import type { LocalPerson } from './identity.ts';
import type { Editor } from './session-state.ts';

export const PERSON_HEADER = 'x-person';
const EMAIL = /^[^\s@<>,"]{1,64}@[^\s@<>,"]{1,190}$/;

/** Until somebody has said who they are. */
export const NOBODY_YET: LocalPerson = { email: 'you@this-computer', name: 'You' };

export function personOf(request: Request): LocalPerson {
  const [email = '', name = ''] = decodeURIComponent(request.get(PERSON_HEADER) ?? '').split('\n');
  return EMAIL.test(email) ? { email, name: name.slice(0, 100) || email } : NOBODY_YET;
}

export const editorOf = ({ email }: LocalPerson): Editor => ({ kind: 'person', email });
