// A signed client of the product's own API, as the add-on is one: the rehearsal uses it to connect stores and to adjust.

import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import { inAddress } from '../../shared/api/address.ts';
import { explainAnswer } from '../../shared/api/explain.ts';
import { problemsAnswer } from '../../shared/api/problems.ts';
import { openRefundsAnswer, type SettleRefundRequest } from '../../shared/api/refunds.ts';
import { type SubmittedRow, submitRowsAnswer } from '../../shared/api/rows.ts';
import { stockAnswer } from '../../shared/api/stock.ts';
import {
  connectStoreAnswer,
  listStoresAnswer,
  type Question,
  type SetSyncRequest,
  taskAnswer,
} from '../../shared/api/stores.ts';
import { turnOnPlan } from '../../shared/api/turn-on.ts';
import { warehouseAnswer } from '../../shared/api/warehouses.ts';
import { signRequest } from '../http/sign-request.ts';
import { until } from './check-report.ts';

const PLAN_PATIENCE_MS = 60_000;

export type ApiAccess = { readonly url: string; readonly keyId: string; readonly secret: string };

export type ApiClient = ReturnType<typeof createApiClient>;

/** Every call throws with the server's own sentence when it is refused. `turn` is waited for before each. */
export function createApiClient(access: ApiAccess, turn: () => Promise<void> = async () => undefined) {
  const call = async <Schema extends z.ZodMiniType>(
    schema: Schema,
    method: string,
    pathAndQuery: string,
    content?: unknown,
  ): Promise<z.infer<Schema>> => {
    await turn();
    const body = content === undefined ? '' : JSON.stringify(content);
    const { keyId, secret } = access;
    const headers = signRequest({
      keyId,
      secret,
      method,
      pathAndQuery,
      body,
      now: new Date(),
      nonce: randomUUID(),
    });
    const response = await fetch(new URL(pathAndQuery, access.url), {
      method,
      headers: {
        ...headers,
        ...(body === '' ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === '' ? {} : { body }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      const { error } = answer as { error?: { message?: string } };
      throw new Error(error?.message ?? `The server answered ${response.status}.`);
    }
    return schema.parse(answer);
  };
  return {
    stores: () => call(listStoresAnswer, 'GET', '/api/stores'),
    connect: (channel: string, name: string, credentials: Readonly<Record<string, string>>) =>
      call(connectStoreAnswer, 'POST', '/api/stores', { channel, name, credentials }),
    setSync: (storeId: string, request: SetSyncRequest) =>
      call(taskAnswer, 'POST', `/api/stores/${storeId}/sync`, request),
    /** The first time: looks at the plan, as a person does, and turns on with the store's own numbers. */
    turnOn: async (storeId: string) => {
      const look = () => call(turnOnPlan, 'POST', `/api/stores/${storeId}/turn-on-plan`, {});
      if (!(await until(async () => (await look()).state !== 'reading', PLAN_PATIENCE_MS))) {
        throw new Error('What would change in the store could not be read in time.');
      }
      const { planId } = await look();
      return call(taskAnswer, 'POST', `/api/stores/${storeId}/sync`, { on: true, opening: 'copy', planId });
    },
    syncNow: (storeId: string) => call(taskAnswer, 'POST', `/api/stores/${storeId}/sync-now`),
    answerQuestion: (storeId: string, question: Question) =>
      call(taskAnswer, 'POST', `/api/stores/${storeId}/answer`, { question }),
    submitRows: (tab: string, rows: readonly SubmittedRow[]) =>
      call(submitRowsAnswer, 'POST', `/api/rows/${tab}`, { rows }),
    createWarehouse: (name: string) => call(warehouseAnswer, 'POST', '/api/warehouses', { name }),
    problems: () => call(problemsAnswer, 'GET', '/api/problems'),
    refunds: () => call(openRefundsAnswer, 'GET', '/api/refunds'),
    settleRefund: (request: SettleRefundRequest) => call(taskAnswer, 'POST', '/api/refunds', request),
    /** In the order asked. */
    stock: (skus: readonly string[]) => call(stockAnswer, 'POST', '/api/stock', { skus }),
    explain: (sku: string) => call(explainAnswer, 'GET', `/api/explain?sku=${inAddress(sku)}`),
  };
}
