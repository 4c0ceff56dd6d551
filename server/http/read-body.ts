// From the raw bytes of a request to a value of the right shape, with one plain sentence for everything that is not.

import * as z from 'zod/mini';
import { HttpProblem } from './problem.ts';

const QUOTED_MAX = 60;
const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;

/** @throws HttpProblem */
export function readBody<Schema extends z.ZodMiniType>(
  schema: Schema,
  contentType: string | undefined,
  rawBody: Buffer,
  hint?: (issue: z.core.$ZodIssue) => string | null,
): z.output<Schema> {
  if (!JSON_TYPE.test(contentType ?? '')) {
    throw new HttpProblem(415, 'not_json', 'The request must be JSON. Update the add-on and try again.');
  }
  const parsed = z.safeParse(schema, parseJson(rawBody), { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const sentence = issue === undefined ? null : (hint?.(issue) ?? describeIssue(issue));
  throw new HttpProblem(400, 'invalid_request', sentence ?? 'The request is not complete. Try again.');
}

function parseJson(rawBody: Buffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
    return JSON.parse(text, refuseDangerousKeys);
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem(400, 'malformed_json', 'The request is not readable as JSON. Send it again.');
  }
}

// Such a key is never honest, and code that copies objects further inside would take it for the prototype.
function refuseDangerousKeys(key: string, value: unknown): unknown {
  if (key !== '__proto__') return value;
  throw new HttpProblem(400, 'invalid_request', 'The field "__proto__" is not known here. Leave it out.');
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const field = nameField(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return `The field "${quote([...issue.path, issue.keys[0] ?? ''].join('.'))}" is not known here. Leave it out.`;
    case 'invalid_type':
      return issue.input === undefined && issue.path.length > 0
        ? `${field} is missing. Fill it in.`
        : `${field} must be ${TYPE_WORDS[issue.expected] ?? issue.expected}.`;
    case 'too_small':
      return `${field} is empty or too small; the least is ${String(issue.minimum)}.`;
    case 'too_big':
      return `${field} is too long or too large; the most is ${String(issue.maximum)}.`;
    case 'invalid_value':
      return `${field} must be one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}.`;
    case 'invalid_union':
      return `${field} is missing or is not one of the values it may have.`;
    default:
      return `${field} is not filled in correctly.`;
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const nameField = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? 'The request' : `The field "${quote(path.join('.'))}"`;

const quote = (text: string): string => (text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text);
