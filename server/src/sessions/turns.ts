/**
 * Turns: work for many receivers, some of it at once. Each has its share and no more, and turns go
 * round, so that nobody waits for a slow one but those who want the same.
 */

export interface TurnsOptions {
  /** Pieces of work under way, for all receivers together. */
  readonly atOnce: number;
  readonly atOnceEach: number;
  /** Pieces that wait for one receiver. */
  readonly mostWaiting: number;
}

export interface Turns {
  /**
   * Does a piece of work when its turn comes; one of a name that waits already is the same.
   * @param work Never fails.
   * @returns False when too many wait for that receiver, and it will not be done. Not after the end,
   * when there is no room for anybody.
   */
  add(receiver: string, name: string, work: () => Promise<void>): boolean;
  /** Resolves when nothing waits and nothing is under way. */
  settled(): Promise<void>;
  /** Forgets what waits, and takes no more; resolves when nothing is under way. */
  close(): Promise<void>;
}

interface Receiver {
  readonly waiting: Map<string, () => Promise<void>>;
  underWay: number;
}

export function createTurns({ atOnce, atOnceEach, mostWaiting }: TurnsOptions): Turns {
  /** In the order of their turns; nobody is here without work. */
  const receivers = new Map<string, Receiver>();
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  function begin(name: string, receiver: Receiver): void {
    const [next] = receiver.waiting;
    if (!next) return;
    const [piece, work] = next;
    receiver.waiting.delete(piece);
    receiver.underWay++;
    receivers.delete(name);
    receivers.set(name, receiver);
    const done = work().then(() => {
      underWay.delete(done);
      receiver.underWay--;
      if (receiver.underWay === 0 && receiver.waiting.size === 0) receivers.delete(name);
      go();
    });
    underWay.add(done);
  }

  function go(): void {
    while (underWay.size < atOnce) {
      const next = [...receivers].find(
        ([, { waiting, underWay: busy }]) => waiting.size > 0 && busy < atOnceEach,
      );
      if (!next) return;
      begin(...next);
    }
  }

  async function settled(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return {
    add(name, piece, work) {
      if (isClosed) return true;
      const receiver = receivers.get(name) ?? { waiting: new Map(), underWay: 0 };
      if (receiver.waiting.has(piece)) return true;
      if (receiver.waiting.size >= mostWaiting) return false;
      receiver.waiting.set(piece, work);
      receivers.set(name, receiver);
      go();
      return true;
    },

    settled,

    async close() {
      isClosed = true;
      for (const { waiting } of receivers.values()) waiting.clear();
      await settled();
    },
  };
}
