/** The scheduler: simulated time, and what is to happen next. */

interface Planned {
  readonly time: number;
  readonly turn: number;
  readonly run: () => void;
}

/** Time stands still while something happens, and jumps to whatever is planned next. */
export class Scheduler {
  readonly #heap: Planned[] = [];
  #now: number;
  #turn = 0;

  constructor(start: number) {
    this.#now = start;
  }

  /** True time: milliseconds since 1970. No node knows it. */
  get now(): number {
    return this.#now;
  }

  /** What is planned for one moment happens in the order in which it was planned. */
  after(ms: number, run: () => void): void {
    if (!(ms >= 0)) throw new RangeError(`cannot plan something for ${ms} ms from now`);
    this.#push({ time: this.#now + ms, turn: this.#turn++, run });
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Makes the next thing happen; false when nothing is planned up to that time. */
  step(until = Number.POSITIVE_INFINITY): boolean {
    const next = this.#heap[0];
    if (!next || next.time > until) {
      if (Number.isFinite(until)) this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#pop();
    this.#now = next.time;
    next.run();
    return true;
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(planned);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (!parent || isBefore(parent, planned)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      let child = heap[down];
      if (!child) break;
      const sibling = heap[down + 1];
      if (sibling && isBefore(sibling, child)) {
        down += 1;
        child = sibling;
      }
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
  }
}

function isBefore(left: Planned, right: Planned): boolean {
  return left.time < right.time || (left.time === right.time && left.turn < right.turn);
}
