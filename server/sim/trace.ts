/** The trace: a line for whatever is worth telling of a world, and the hash of its whole history. */

const TAIL = 50;

export class Trace {
  readonly #print: ((line: string) => void) | undefined;
  readonly #tail: string[] = [];
  #low = 0x811c9dc5;
  #high = 0x01000193;
  #lines = 0;

  /** @param print Is given every line at once; without it the last ones alone are kept. */
  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  /** Something happened at that time, told or not. */
  tick(time: number): void {
    this.#mix(time | 0);
  }

  say(line: string): void {
    for (let at = 0; at < line.length; at++) this.#mix(line.charCodeAt(at));
    this.#tail[this.#lines++ % TAIL] = line;
    this.#print?.(line);
  }

  /** Of every line, and of the time of every event. */
  hash(): string {
    const hex = (half: number) => (half >>> 0).toString(16).padStart(8, '0');
    return hex(this.#high) + hex(this.#low);
  }

  #mix(unit: number): void {
    this.#low = Math.imul(this.#low ^ unit, 0x01000193);
    this.#high = Math.imul(this.#high ^ unit, 0x85ebca6b) ^ (this.#low >>> 13);
  }

  /** The last lines, oldest first. */
  tail(): readonly string[] {
    const begin = this.#lines % TAIL;
    return [...this.#tail.slice(begin), ...this.#tail.slice(0, begin)];
  }
}
