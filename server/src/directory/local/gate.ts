/**
 * Owns the bound on work at once: a few tasks run, some wait, the rest are turned away. Whoever asks
 * for much waits behind themselves, not before others.
 */

/** What came of a task that never ran: too many were waiting. */
export const TURNED_AWAY = Symbol('turned away');

export interface Gate {
  /** @param whose Turns go round by this, and the places to wait are shared by it. */
  run<Result>(whose: string, task: () => Promise<Result>): Promise<Result | typeof TURNED_AWAY>;
}

/** To be told whether its turn has come, or never will. */
type Place = (isTurn: boolean) => void;

export function createGate(atOnce: number, maxWaiting: number): Gate {
  /** What one may hold while others wait. */
  const share = Math.ceil(maxWaiting / 4);
  let running = 0;
  let waiting = 0;
  /** In the order of their turns; nobody is here without a place. */
  const queues = new Map<string, Place[]>();

  function leave(): void {
    const [next] = queues;
    // The turn goes from hand to hand, so that nobody slips in between.
    if (next === undefined) {
      running--;
      return;
    }
    const [whose, places] = next;
    const [place, ...others] = places;
    queues.delete(whose);
    if (others.length > 0) queues.set(whose, others);
    waiting--;
    place?.(true);
  }

  /** Somebody's latest place, when they hold more than whoever comes would with theirs. */
  function isRoomMadeFor(held: number): boolean {
    const most = [...queues.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    if (most.length <= held + 1) return false;
    most.pop()?.(false);
    waiting--;
    return true;
  }

  function hasPlaceFor(whose: string): boolean {
    const held = queues.get(whose)?.length ?? 0;
    if (held >= share && held < waiting) return false;
    return waiting < maxWaiting || isRoomMadeFor(held);
  }

  async function isTurnOf(whose: string): Promise<boolean> {
    if (running < atOnce) {
      running++;
      return true;
    }
    if (!hasPlaceFor(whose)) return false;
    waiting++;
    return new Promise((resolve) => {
      const queue = queues.get(whose);
      if (queue) queue.push(resolve);
      else queues.set(whose, [resolve]);
    });
  }

  return {
    async run(whose, task) {
      if (!(await isTurnOf(whose))) return TURNED_AWAY;
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}
