// The queue battery on Redis.

import { describe, test } from '@jest/globals';
import { queueBattery } from '../../test/contract/queue-battery.ts';
import { hasRedis, REDIS_MISSING, startRedis } from '../../test/support/redis.ts';

if (hasRedis()) {
  describe('queue on Redis', () => {
    queueBattery(async () => {
      const redis = await startRedis();
      return { target: { redisUrl: redis.url }, restart: redis.restart, stop: redis.stop };
    });
  });
} else {
  test.skip(`queue on Redis: ${REDIS_MISSING}`, () => undefined);
}
