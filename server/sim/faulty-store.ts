/** The faulty store: one store under all nodes, which is slow, forgets to answer, and fails. */

import type { AsyncLocalStorage } from 'node:async_hooks';
import { openMemoryStore } from '../src/stores/memory/index.ts';
import { type CommitResult, type Store, StoreFault, type Write } from '../src/stores/store.ts';
import type { Op } from './asks.ts';
import type { Dice } from './dice.ts';
import type { Profile } from './profile.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** One life of a node, from its start to its crash. */
export interface Life {
  readonly node: string;
  isOver: boolean;
}

export interface FaultyStoreParts {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly profile: Profile;
  readonly trace: Trace;
  /** The op that whatever runs belongs to. */
  readonly current: AsyncLocalStorage<Op>;
  /**
   * Told of each commit that came through, at that moment; says whether it is a part of what was
   * asked, and not of the work that a node does by itself.
   */
  readonly onCommit: (op: Op, writes: readonly Write[]) => boolean;
  readonly count: (what: string) => void;
}

/** Chance that an answer of the store takes a hundred times as long. */
const SLOW = 0.01;

/**
 * Rows, versions, conflicts and indexes are those of the memory store. Here are only time and
 * faults: a read is as of its call and arrives later; a commit happens some time after its call,
 * and its answer comes later still, or never.
 */
export class FaultyStore {
  readonly #parts: FaultyStoreParts;
  readonly #rows = openMemoryStore();
  /** No more faults: for the end of a world, when all must come right. */
  isCalm = false;

  constructor(parts: FaultyStoreParts) {
    this.#parts = parts;
  }

  /** The store as one life of a node sees it: after its crash, no answer arrives. */
  port(life: Life): Store {
    return {
      facts: { name: 'simulated', durable: true, shared: true },
      read: (keys) => this.#read(life, () => this.#rows.read(keys)),
      list: (index, range) => this.#read(life, () => this.#rows.list(index, range)),
      commit: (writes) => this.#commit(life, writes),
      close: () => Promise.resolve(),
    };
  }

  async #read<T>(life: Life, run: () => Promise<T>): Promise<T> {
    const { profile, count } = this.#parts;
    this.#op().reads += 1;
    const isFaulty = this.#happens(profile.readFault);
    const found = await run();
    await this.#pass(life);
    if (isFaulty) {
      count('store:read fault');
      throw new StoreFault('a simulated fault');
    }
    return found;
  }

  async #commit(life: Life, writes: readonly Write[]): Promise<CommitResult> {
    const { profile, trace, scheduler, dice, count } = this.#parts;
    const op = this.#op();
    const isFaulty = this.#happens(profile.commitFault);
    await scheduler.wait(this.#latency());
    const isDropped = isFaulty || (life.isOver && dice.chance(0.5));
    const result = isDropped ? 'dropped' : await this.#rows.commit(writes);
    const keys = writes.map(({ type, key }) => `${type} ${key}`).join(', ');
    trace.say(`${scheduler.now} ${life.node} #${op.number} ${result}: ${keys}`);
    count(`store:${result}`);
    if (result === 'committed') {
      if (this.#parts.onCommit(op, writes)) op.commits += 1;
      if (life.isOver) count('store:committed after a crash');
    }
    if (dice.chance(0.5) || life.isOver) await this.#pass(life);
    if (result === 'dropped') throw new StoreFault('a simulated fault');
    if (this.#happens(profile.lostAck)) {
      count('store:lost acknowledgement');
      throw new StoreFault('a simulated lost acknowledgement');
    }
    return result;
  }

  /** An answer on its way to a node. */
  #pass(life: Life): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.scheduler.after(this.#latency(), () => {
        if (!life.isOver) resolve();
      });
    });
  }

  #latency(): number {
    const { dice, profile } = this.#parts;
    return dice.about(dice.chance(SLOW) ? profile.storeMs * 100 : profile.storeMs);
  }

  #happens(chance: number): boolean {
    return !this.isCalm && chance > 0 && this.#parts.dice.chance(chance);
  }

  #op(): Op {
    const op = this.#parts.current.getStore();
    if (!op) throw new Error('the store was called by nobody');
    return op;
  }
}
