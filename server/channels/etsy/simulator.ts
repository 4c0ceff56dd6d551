// A simulated Etsy with one shop on the loopback: the rules of the real one as they are described, and its
// oddities.

import { type ConsentDesk, createConsentDesk } from '../simulation-consent.ts';
import { createFaultBoard } from '../simulation-faults.ts';
import { restoreMemory, saveMemory } from '../simulation-memory.ts';
import {
  type SimulationAnswer,
  type SimulationRequest,
  startSimulationServer,
} from '../simulation-server.ts';
import type { SimulatedShop, SimulatorOptions } from '../simulator.ts';
import { isTokenRequest, Refusal, revoked, throttled } from './simulator-answers.ts';
import {
  APP,
  checkCaller,
  createMeter,
  grant,
  issueTokens,
  type Limits,
  SCOPES,
  showConsent,
} from './simulator-auth.ts';
import { createMemory, type Shop, type ShopMemory } from './simulator-memory.ts';
import { type RouteContext, route, routeName } from './simulator-routes.ts';
import { createActions, type EtsyActions } from './simulator-shop.ts';

const DOCUMENTED: Limits = { perSecond: 10, perDay: 10_000 };
const CONSENT_PATH = '/oauth/connect';
/** Nothing is published; OAuth 2 allows ten minutes at most. */
const CODE_LIFE_MS = 10 * 60_000;
const UNLIMITED: Limits = { perSecond: Number.MAX_SAFE_INTEGER, perDay: Number.MAX_SAFE_INTEGER };

export type EtsySimulatorOptions = SimulatorOptions & {
  readonly scopes?: readonly string[];
  readonly isVacation?: boolean;
  /** Lists are said to end at 12,000; nobody has confirmed it, so they do only when asked to. */
  readonly offsetMax?: number;
  /** Limits go by `now` too, for a caller who waits by that clock. */
  readonly limitsByClock?: boolean;
  /** The callback addresses registered with the app; any of this machine's when not given. */
  readonly redirectUris?: readonly string[];
  /** What this app may do; a new one may have less than what is documented. */
  readonly published?: Limits;
};

export type EtsySimulatedShop = SimulatedShop &
  Pick<EtsyActions, 'addListing' | 'editListing' | 'listing'> & {
    /** Every access token ends now. */
    readonly endTokens: () => void;
  };

export async function startEtsySimulator(options: EtsySimulatorOptions): Promise<EtsySimulatedShop> {
  const clock = options.now ?? (() => new Date());
  const memory = options.memory === undefined ? createMemory() : restoreMemory<ShopMemory>(options.memory);
  const faults = createFaultBoard();
  const writes: { at: Date; remoteId: string; quantity: number; applied: boolean }[] = [];
  const changed = (): void => options.onChange?.();
  const shop: Shop = {
    memory,
    now: () => Math.floor(clock().getTime() / 1_000),
    recordWrite: (remoteId, quantity, applied) => writes.push({ at: clock(), remoteId, quantity, applied }),
  };
  const pace = options.pace ?? 1;
  const published = options.published ?? DOCUMENTED;
  const limits =
    options.limits === false ? UNLIMITED : { ...published, perSecond: published.perSecond * pace };
  // Limits are about real seconds, whatever day the shop plays; unless a whole day of them is played.
  const meter = createMeter(limits, options.limitsByClock === true ? clock : () => new Date());
  const consent = createConsentDesk({
    now: clock,
    codeLifeMs: CODE_LIFE_MS,
    ...(options.redirectUris === undefined ? {} : { redirectUris: options.redirectUris }),
  });
  const context: RouteContext = {
    shop,
    scopes: options.scopes ?? SCOPES,
    isVacation: options.isVacation ?? false,
    offsetMax: options.offsetMax ?? Number.POSITIVE_INFINITY,
  };
  const server = await startSimulationServer({
    port: options.port,
    latencyMs: options.latencyMs ?? 0,
    faults,
    nameOf: ({ method, url }) => `${method} ${routeName(url.pathname)}`,
    revoked,
    throttled,
    handle: (request) => handle({ context, consent, meter, changed }, request),
  });
  return {
    ...createActions(shop, changed),
    port: server.port,
    // Each time a person connects, the app is allowed anew and gets a token of its own.
    get credentials() {
      const refreshToken = grant(shop);
      changed();
      const rehearsal = pace === 1 ? {} : { rehearsalPace: String(pace) };
      return { ...APP, refreshToken, apiBase: server.address, ...rehearsal };
    },
    endTokens: () => memory.accessTokens.clear(),
    setFault: faults.set,
    clearFaults: faults.clear,
    writes: () => writes,
    requests: server.requests,
    webhooksSettled: async () => undefined,
    save: () => saveMemory(memory),
    close: server.close,
  };
}

type Desk = {
  readonly context: RouteContext;
  readonly consent: ConsentDesk;
  readonly meter: ReturnType<typeof createMeter>;
  readonly changed: () => void;
};

function handle({ context, consent, meter, changed }: Desk, request: SimulationRequest): SimulationAnswer {
  try {
    if (request.url.pathname === CONSENT_PATH) return showConsent(consent, request.url.searchParams);
    if (isTokenRequest(request)) {
      const issued = issueTokens(context.shop, consent, request);
      changed();
      return issued;
    }
    checkCaller(context.shop, request);
    const headers = meter();
    const answer = route(context, request);
    if (request.method !== 'GET') changed();
    return { ...answer, headers };
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}
