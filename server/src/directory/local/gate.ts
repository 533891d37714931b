/** Owns the bound on work at once: a few tasks run, some wait in turn, the rest are turned away. */

export interface Gate {
  /** Undefined, and the task never runs, when too many are waiting. */
  run<Result>(task: () => Promise<Result>): Promise<Result> | undefined;
}

export function createGate(atOnce: number, maxWaiting: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];

  function leave(): void {
    const next = waiting.shift();
    // The place goes from hand to hand, so that nobody slips in between.
    if (next === undefined) running--;
    else next();
  }

  async function enter(): Promise<void> {
    if (running < atOnce) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return {
    run(task) {
      if (running >= atOnce && waiting.length >= maxWaiting) return undefined;
      return enter().then(task).finally(leave);
    },
  };
}
