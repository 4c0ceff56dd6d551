// Looks at a shop before and after connecting: is it there, do the keys read and write, does it count stock.

import * as z from 'zod';
import { ChannelError } from '../../net/channel-error.ts';
import type { CheckReport, Finding } from '../channel.ts';
import type { WooClient } from './client.ts';
import { plain, WEB_PAGE } from './refusal.ts';
import { readManageStockOption, SHOP_DOES_NOT_COUNT } from './stock.ts';

/** The first version whose lists know `modified_after` and `dates_are_gmt`. */
const VERSION_MIN = [5, 8] as const;

const indexShape = z.object({ name: z.string().nullish(), namespaces: z.array(z.string()).nullish() });
const statusShape = z.object({
  environment: z.object({ version: z.string().nullish(), wp_cron: z.boolean().nullish() }).nullish(),
});

export async function check(open: () => WooClient): Promise<CheckReport> {
  const findings: Finding[] = [];
  const blocker = (message: string): number => findings.push({ level: 'blocker', message });
  const report = (storeName: string | null): CheckReport => ({ storeName, findings, locations: [] });

  const opened = await attempt(async () => open());
  if (!opened.ok) {
    blocker(opened.problem);
    return report(null);
  }
  const client = opened.value;
  const index = await attempt(() => client.get('/', { _fields: 'name,namespaces' }, indexShape));
  if (!index.ok) {
    blocker(index.problem);
    return report(null);
  }
  const storeName = plain(index.value.name ?? '') || null;
  if (index.value.namespaces != null && !index.value.namespaces.includes('wc/v3')) {
    blocker(
      'WordPress answers at this address, but WooCommerce is not active there. Check WordPress › Plugins.',
    );
    return report(storeName);
  }
  const reading = await attempt(() =>
    client.get('/wc/v3/orders', { per_page: 1, _fields: 'id' }, z.array(z.unknown())),
  );
  if (!reading.ok) {
    blocker(reading.problem);
    return report(storeName);
  }
  // A batch of nothing changes nothing, and is refused to a key that may not write.
  const writing = await attempt(() => client.post('/wc/v3/products/batch', { update: [] }, z.unknown()));
  if (!writing.ok) blocker(writing.problem);
  const option = await attempt(() => readManageStockOption(client));
  if (!option.ok) findings.push({ level: 'warning', message: option.problem });
  else if (option.value === false) blocker(SHOP_DOES_NOT_COUNT);
  findings.push(...(await checkEnvironment(client)));
  return report(storeName);
}

async function checkEnvironment(client: WooClient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const status = await attempt(() =>
    client.get('/wc/v3/system_status', { _fields: 'environment.version,environment.wp_cron' }, statusShape),
  );
  if (!status.ok) return [{ level: 'warning', message: status.problem }];
  const { version, wp_cron: hasCron } = status.value.environment ?? {};
  if (version != null && isOlder(version)) {
    const message = `WooCommerce ${version} is too old: it cannot tell which orders changed. Update it to 5.8 or later.`;
    findings.push({ level: 'blocker', message });
  }
  if (hasCron === false) {
    findings.push({
      level: 'warning',
      message:
        'WP-Cron is switched off in this shop. Unless the host runs wp-cron.php itself every minute, the shop reports its ' +
        'orders late; they are then found by the regular pull.',
    });
  }
  if (!client.address.isSecure && !client.address.isLoopback) {
    findings.push({
      level: 'warning',
      message:
        'The shop is reached over http, so others can read its orders on the way. Use its https address.',
    });
  }
  return findings;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1]);
}

type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (problem) {
    if (problem instanceof ChannelError) return { ok: false, problem: problem.message || WEB_PAGE };
    throw problem;
  }
}
