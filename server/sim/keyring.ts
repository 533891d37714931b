/** The keyring of a simulated world: real MAC keys that rotate, drawn from the dice. */

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type KeyFacts, type Keyring, KeysInUse } from '../src/keys/keyring.ts';
import type { Dice } from './dice.ts';

const NUMBERS = 8;

/** Every node has the new key at once: how keys travel is the business of the real keyring. */
export class SimulatedKeyring implements Keyring {
  readonly #dice: Dice;
  readonly #keys: Map<string, KeyObject>[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
    this.#add();
  }

  currentMacKey(): number {
    return this.#keys.length - 1;
  }

  mac(id: number, label: string, data: Buffer): Buffer | undefined {
    const labels = this.#keys[id];
    if (!labels) return undefined;
    let key = labels.get(label);
    if (!key) {
      const root = labels.get('') as KeyObject;
      key = createSecretKey(createHmac('sha256', root).update(label).digest());
      labels.set(label, key);
    }
    return createHmac('sha256', key).update(data).digest();
  }

  /** Never takes a number back: in a simulated day, no key's last token has ended. */
  async rotate(): Promise<KeyFacts> {
    if (this.#keys.length === NUMBERS) throw new KeysInUse('every number is in use');
    this.#add();
    return this.#facts(this.#keys.length - 1);
  }

  list(): readonly KeyFacts[] {
    return this.#keys.map((_key, id) => this.#facts(id));
  }

  derive(): Buffer {
    throw new Error('nothing in a simulated world derives keys');
  }

  sign(): string {
    throw new Error('nothing in a simulated world signs');
  }

  verify(): undefined {
    throw new Error('nothing in a simulated world verifies signatures');
  }

  publicKeys(): { keys: [] } {
    return { keys: [] };
  }

  #add(): void {
    this.#keys.push(new Map([['', createSecretKey(this.#dice.bytes(32))]]));
  }

  #facts(id: number): KeyFacts {
    const state = id === this.#keys.length - 1 ? 'current' : 'verifying';
    return { id: String(id), purpose: 'mac', algorithm: 'HS256', createdAt: 0, state };
  }
}
