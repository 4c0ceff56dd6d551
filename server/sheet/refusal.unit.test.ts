// What Google answers, in its own shapes, as a sentence.

import { expect, test } from '@jest/globals';
import { explainRefusal } from './refusal.ts';

const address = { spreadsheetId: 'the-sheet', sharedWith: 'stock@project.iam.gserviceaccount.com' };
const explain = (error: unknown) => explainRefusal(error, address);
const refused = (status: number, message: string, data: unknown = {}) =>
  Object.assign(new Error(message), { status, response: { data } });

test('a clock that is wrong is told from a key that is gone: both are "invalid_grant"', () => {
  const clock = refused(
    400,
    'invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
  );
  expect(explain(clock)?.message).toContain('its clock is wrong. Turn on time synchronisation');
  for (const words of [
    'invalid_grant: Invalid JWT Signature.',
    'invalid_grant: Invalid grant: account not found',
  ])
    expect(explain(refused(400, words))?.message).toContain('does not accept the key of stock@project');
});

test('where Google names the page that enables the API, the sentence does too', () => {
  const page = 'https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=42';
  const message = `Google Sheets API has not been used in project 42 before or it is disabled. Enable it by visiting ${page} then retry.`;
  const error = { error: { code: 403, message, details: [{ reason: 'SERVICE_DISABLED' }] } };
  expect(explain(refused(403, message, error))?.message).toContain(`Open ${page}, press Enable`);
  expect(
    explain(refused(403, 'x', { error: { errors: [{ reason: 'accessNotConfigured' }] } }))?.message,
  ).toContain('library/sheets.googleapis.com, press Enable');
});

test('a quota told as 403 is no missing permission', () => {
  const told = explain(
    refused(403, 'Rate Limit Exceeded', { error: { errors: [{ reason: 'rateLimitExceeded' }] } }),
  );
  expect(told).toMatchObject({ needsPerson: false });
  expect(told?.message).toContain('no more requests');
});

test('an error of our own is not blamed on Google', () => {
  expect(explain(new TypeError('x is not a function'))).toBeNull();
  expect(explain(new Error('The tab "Inventory" was made and is not there.'))).toBeNull();
});

test('what is not known is passed on as it was said', () => {
  expect(explain(refused(400, 'Invalid requests[0].addSheet'))).toEqual({
    needsPerson: true,
    message: 'Google Sheets refused (400): Invalid requests[0].addSheet',
  });
});
