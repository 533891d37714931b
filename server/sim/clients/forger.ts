/** Forgers: make tokens out of other tokens, or out of nothing. */

import type { Token } from '../../src/sessions/token.ts';
import { CHILD, CODE, type Forgery, RENEWAL, SIGN_ON } from '../asks.ts';
import type { Dice } from '../dice.ts';
import type { Street } from './street.ts';

export async function runForgers(street: Street, meanMs: number): Promise<void> {
  const { scheduler, dice, network, people, tokens } = street;
  for (;;) {
    await scheduler.wait(dice.about(meanMs));
    const seen = tokens.pick(dice);
    if (!seen) continue;
    const { token, forgery } = forge(dice, seen);
    const realm = dice.pick(people).realm.name;
    const ask = { token, realm, forgery };
    const none = { kind: 'none', value: '' } as const;
    switch (token.kind) {
      case RENEWAL:
        if (dice.chance(0.3))
          await network.call('use_grant', { ...ask, client: null, binding: none });
        await network.call('rotate', {
          ...ask,
          client: 'spa',
          binding: none,
          scope: null,
          holder: 'forger',
        });
        break;
      case CODE:
        await network.call('redeem', {
          ...ask,
          client: 'spa',
          conditions: {},
          grant: {
            binding: none,
            isSignIn: false,
            offline: false,
            idleMs: null,
            lifeMs: 1000,
            facts: {},
          },
        });
        break;
      default:
        await network.call(dice.pick(['touch', 'look'] as const), ask);
    }
  }
}

/** A token that nobody was given, and what is wrong with it. */
function forge(dice: Dice, seen: Token): { token: Token; forgery: Forgery } {
  const kinds = [SIGN_ON, RENEWAL, CHILD, CODE].filter((kind) => kind !== seen.kind);
  const flipped = Buffer.from(seen.mac);
  const at = dice.between(0, flipped.length - 1);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << dice.between(0, 7));
  return dice.pick<{ token: Token; forgery: Forgery }>([
    { token: { ...seen, mac: flipped }, forgery: 'mac' },
    { token: { ...seen, mac: dice.bytes(16) }, forgery: 'mac' },
    { token: { ...seen, mac: seen.mac.subarray(0, 9) }, forgery: 'mac' },
    { token: { ...seen, check: (seen.check ^ 1) >>> 0 }, forgery: 'check' },
    { token: { ...seen, generation: seen.generation + 1 }, forgery: 'check' },
    { token: { ...seen, slot: seen.slot + 1 }, forgery: 'check' },
    { token: { ...seen, keyId: (seen.keyId + 1) % 8 }, forgery: 'check' },
    { token: { ...seen, kind: dice.pick(kinds) }, forgery: 'check' },
    { token: { ...seen, id: '0000000000000000' }, forgery: 'check' },
  ]);
}
