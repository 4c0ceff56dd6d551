// What the system stopped at, in a real browser: the brake, missing orders, refunds without units.

import { expect, test } from '@jest/globals';
import { ago, homeState } from './test-support/fake-google.ts';
import { openStage } from './test-support/stage.ts';

const { inBrowser, page, open, click, sees, warned, shot, askedFor } = openStage();

inBrowser('what the system stopped at', () => {
  const trouble = (kind: string, message: string) => ({
    id: 9,
    at: ago(2),
    level: 'needs-person',
    message,
    times: 1,
    storeId: 's1',
    sku: null,
    kind,
    quantity: null,
  });

  test.each([
    ['brake', 'Push the held numbers', 'push-held-numbers', /empty or multiply a listing/],
    ['missing-orders', 'They were deleted', 'orders-were-deleted', /units would be sold twice/],
  ])('%s: says what will happen before anything is sent', async (kind, label, question, warning) => {
    await open({
      home: () => homeState({ problems: [trouble(kind, 'Denim Corner waits for a word.')] }),
      answers: { 'post /api/stores/s1/answer': { accepted: true, message: 'Said.' } },
    });
    await click(`${label}…`);
    await sees(warning);
    expect(askedFor('sidebarCall')).toEqual([]);
    await shot(`question-${kind}`);
    await click(label);
    await sees('Said.');
    expect(askedFor('sidebarCall')).toEqual([
      ['post', '/api/stores/s1/answer', JSON.stringify({ question })],
    ]);
  });

  test('many refunds are one card that leads to their list; other trouble keeps its own', async () => {
    const refunds = [1, 2, 3, 4, 5].map((id) => ({
      ...trouble('refund', `What came back with #10${id}?`),
      id,
    }));
    await open({
      home: () => homeState({ problems: [...refunds, trouble('brake', 'Denim Corner waits for a word.')] }),
      answers: { 'get /api/refunds': { refunds: [] } },
    });
    await sees('6 things need you');
    await sees('Denim Corner waits for a word.');
    expect(await page().getByText('What came back with').count()).toBe(0);
    await sees('5 refunds: what came back?');
    await shot('refunds-card');
    await click('Show them');
    expect(await page().getByText('What came back with').count()).toBe(5);
    await shot('refunds');
    await click('What came back?');
    await sees('This refund has been settled already.');
  });

  test('an answer that the server does not take: the question stays open, with the reason', async () => {
    const message = 'Nothing is held any more.';
    await open({
      home: () => homeState({ problems: [trouble('brake', 'Denim Corner waits for a word.')] }),
      answers: { 'post /api/stores/s1/answer': { accepted: false, message } },
    });
    await click('Push the held numbers…');
    await click('Push the held numbers');
    await warned(message);
    await sees('Push the held numbers?');
  });

  test('a refund without units: a person counts in what came back, never more than was sent', async () => {
    const refund = {
      storeId: 's1',
      store: 'Denim Corner',
      orderId: 'o1',
      order: '#1017',
      refundId: 'r1',
      at: ago(5),
      amount: '49.00 EUR',
      problemId: 9,
      lines: [
        { lineId: 'l1', sku: 'BLUEJEANSM', title: 'Blue Jeans', fulfilled: 2, returned: 0, refunded: null },
        { lineId: 'l2', sku: null, title: 'Repair', fulfilled: 1, returned: 1, refunded: null },
      ],
    };
    await open({
      home: () => homeState({ problems: [trouble('refund', 'What came back with #1017?')] }),
      answers: { 'get /api/refunds': { refunds: [refund] }, 'post /api/refunds': { message: 'Counted.' } },
    });
    await click('What came back?');
    await click('One more of BLUEJEANSM');
    await click('One more of BLUEJEANSM');
    const more = (name: string) => page().getByRole('button', { name: `One more of ${name}` });
    expect([await more('BLUEJEANSM').isDisabled(), await more('Repair').isDisabled()]).toEqual([true, true]);
    await shot('refund');
    await click('Count in 2');
    await sees('Counted.');
    const [, , body] = askedFor('sidebarCall').at(-1) ?? [];
    expect(JSON.parse(body ?? '').lines).toEqual([{ lineId: 'l1', quantity: 2 }]);
    // A shop that names the units: one click counts them in.
    const named = { ...refund, lines: refund.lines.map((line) => ({ ...line, refunded: 5 })) };
    await open({
      home: () => homeState({ problems: [trouble('refund', 'What came back with #1017?')] }),
      answers: { 'get /api/refunds': { refunds: [named] }, 'post /api/refunds': { message: 'Counted.' } },
    });
    await click('What came back?');
    await sees('The shop did not say whether these came back.');
    await click('Count in 2');
    await sees('Counted.');
  });
});
