/** The dice: all randomness of a simulated world, from one seed. */

/** The generator sfc32: small, fast, and the same on every machine. Not for secrets. */
export class Dice {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  /** @param seed A whole number; its low 32 bits count. */
  constructor(seed: number) {
    this.#a = mix(seed);
    this.#b = mix(this.#a ^ 0x9e3779b9);
    this.#c = mix(this.#b ^ 0x85ebca6b);
    for (let turn = 0; turn < 12; turn++) this.u32();
  }

  u32(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to, but not including, 1. */
  real(): number {
    return this.u32() / 0x1_0000_0000;
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.real() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.real() < probability;
  }

  /** Waiting times of things that happen by themselves; whole, at least 1, cut off at ten means. */
  about(mean: number): number {
    return Math.max(1, Math.min(mean * 10, Math.round(-mean * Math.log(1 - this.real()))));
  }

  /** @throws RangeError when there is nothing to pick. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[this.between(0, from.length - 1)] as T;
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; at++) bytes[at] = this.u32() >>> 24;
    return bytes;
  }

  /** Dice of their own for somebody, so that what they do leaves other throws as they are. */
  fork(): Dice {
    return new Dice(this.u32());
  }
}

function mix(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
