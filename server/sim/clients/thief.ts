/** Thieves: copy the storage of an app, and use what they find as if it were theirs. */

import { isRefusal } from '../../src/engine/refusal.ts';
import type { Token } from '../../src/sessions/token.ts';
import { renewalWait } from './app.ts';
import type { Storage, Street } from './street.ts';

const ROUNDS = 100;

/** Steals now and then, for as long as the world lasts. */
export async function runThieves(street: Street, meanMs: number): Promise<void> {
  const { scheduler, dice } = street;
  for (let count = 1; ; count++) {
    await scheduler.wait(dice.about(meanMs));
    const app = street.apps.pick(dice);
    if (!app?.token) continue;
    app.isStolen = true;
    void useStolen(street, app, app.token, `thief-${count}`);
  }
}

/**
 * In competition: renews at once, and sooner than it must. In lock step: goes by the same habits as
 * its victim, to be served within the same windows. From a device: another fingerprint comes with it.
 */
async function useStolen(street: Street, app: Storage, loot: Token, holder: string): Promise<void> {
  const { scheduler, dice, network, profile, count } = street;
  const isLockStep = dice.chance(0.5);
  const binding = app.binding.kind === 'device' ? foreign : app.binding;
  const { realm, client } = app;
  let token = loot;
  count(`theft:${app.binding.kind}`);
  for (let round = 1; round <= ROUNDS; round++) {
    const wait = isLockStep ? renewalWait(street) : dice.about(profile.accessMs / 2);
    await scheduler.wait(wait);
    const reply = await network.call('rotate', {
      token,
      realm,
      client,
      binding,
      scope: null,
      holder,
    });
    if (!reply) continue;
    if (isRefusal(reply.outcome)) {
      count(`theft:${reply.outcome.refused} after ${round === 1 ? 'one round' : 'some rounds'}`);
      if (round > 3) return;
    } else {
      token = reply.outcome.token;
    }
  }
}

const foreign = { kind: 'device', value: 'the-fingerprint-of-a-thief' } as const;
