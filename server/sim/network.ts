/** The network: carries what clients ask to some node, and answers back, or loses either. */

import type { AsyncLocalStorage } from 'node:async_hooks';
import { Contended } from '../src/sessions/execute.ts';
import { StoreFault } from '../src/stores/store.ts';
import {
  type Answered,
  type Asks,
  type AskType,
  type Op,
  type Outcomes,
  perform,
  wordFor,
} from './asks.ts';
import type { Dice } from './dice.ts';
import type { SimulatedNode } from './node.ts';
import type { Oracle } from './oracle/oracle.ts';
import type { Profile } from './profile.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** A client gives up on an answer after this. */
export const TIMEOUT_MS = 10_000;

export interface NetworkParts {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly profile: Profile;
  readonly trace: Trace;
  readonly nodes: readonly SimulatedNode[];
  readonly oracle: Oracle;
  readonly current: AsyncLocalStorage<Op>;
  readonly count: (what: string) => void;
}

/** Null: no answer, for whatever reason; the ask may have been carried out or not. */
export type Reply<Type extends AskType> = { readonly outcome: Outcomes[Type] } | null;

export class Network {
  readonly #parts: NetworkParts;
  readonly #working = new Map<Op, { node: SimulatedNode; drop: () => void }>();
  #asked = 0;
  /** From now on nobody reaches a node. */
  isClosed = false;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** @param late Given the answer when it arrives after the client has given up. */
  call<Type extends AskType>(
    type: Type,
    ask: Asks[Type],
    late?: (outcome: Outcomes[Type]) => void,
  ): Promise<Reply<Type>> {
    const { scheduler, dice, profile, count } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<Reply<Type>>();
    if (this.isClosed) return promise;
    if (dice.chance(profile.requestLost)) {
      count('network:request lost');
      scheduler.after(TIMEOUT_MS, () => resolve(null));
      return promise;
    }
    let travel = dice.about(profile.travelMs);
    if (dice.chance(profile.delayed)) {
      count('network:request delayed');
      travel += dice.about(TIMEOUT_MS);
      if (travel >= TIMEOUT_MS) scheduler.after(TIMEOUT_MS, () => resolve(null));
    }
    scheduler.after(travel, () => {
      if (!this.isClosed) this.#arrive(type, ask, resolve, late);
    });
    return promise;
  }

  /** Asks one node directly; resolves to false when it failed or crashed meanwhile. */
  async ask<Type extends AskType>(
    node: SimulatedNode,
    type: Type,
    ask: Asks[Type],
  ): Promise<boolean> {
    return (await this.#serve(node, type, ask)) !== null;
  }

  /** A node has crashed: what it was working on will never be answered. */
  drop(node: SimulatedNode): void {
    for (const [op, work] of this.#working) {
      if (work.node !== node) continue;
      this.#working.delete(op);
      this.#parts.oracle.failed(op);
      work.drop();
    }
  }

  async #arrive<Type extends AskType>(
    type: Type,
    ask: Asks[Type],
    resolve: (reply: Reply<Type>) => void,
    late?: (outcome: Outcomes[Type]) => void,
  ): Promise<void> {
    const { scheduler, dice, profile, nodes, count } = this.#parts;
    const up = nodes.filter((node) => !node.isDown);
    if (up.length === 0) {
      scheduler.after(dice.about(profile.travelMs), () => resolve(null));
      return;
    }
    const reply = await this.#serve(dice.pick(up), type, ask);
    if (reply && dice.chance(profile.answerLost)) {
      const isLate = dice.chance(0.3);
      count(isLate ? 'network:answer late' : 'network:answer lost');
      scheduler.after(TIMEOUT_MS, () => resolve(null));
      if (isLate && late) {
        scheduler.after(TIMEOUT_MS + dice.about(TIMEOUT_MS), () => late(reply.outcome));
      }
      return;
    }
    scheduler.after(dice.about(profile.travelMs), () => resolve(reply));
  }

  async #serve<Type extends AskType>(
    node: SimulatedNode,
    type: Type,
    ask: Asks[Type],
  ): Promise<Reply<Type>> {
    const { scheduler, oracle, current, trace } = this.#parts;
    const number = ++this.#asked;
    const { sessions } = node;
    const op: Op<Type> = {
      number,
      type,
      ask,
      node: node.name,
      from: scheduler.now,
      reads: 0,
      commits: 0,
    };
    trace.say(`${scheduler.now} ${node.name} #${number} ${type} ${oracle.describe(op)}`);
    oracle.asked(op);
    const { promise: crash, resolve: drop } = Promise.withResolvers<void>();
    this.#working.set(op, { node, drop });
    const work = current
      .run(op, () => perform(type, sessions, ask))
      .then(
        (outcome) => this.#answered({ type, op, ask, outcome } as unknown as Answered, outcome),
        (error: unknown) => this.#failed(op, error),
      );
    return Promise.race([work, crash.then(() => null)]);
  }

  #answered<Outcome>(answered: Answered, outcome: Outcome): { outcome: Outcome } {
    const { trace, scheduler, oracle, count } = this.#parts;
    const { op } = answered;
    this.#working.delete(op);
    const word = wordFor(answered);
    trace.say(`${scheduler.now} ${op.node} #${op.number} answers ${word}`);
    count(`${op.type}:${word}`);
    oracle.answered(answered);
    return { outcome };
  }

  #failed(op: Op, error: unknown): null {
    const { trace, scheduler, oracle, count } = this.#parts;
    this.#working.delete(op);
    const isExpected = error instanceof StoreFault || error instanceof Contended;
    const what = error instanceof Error ? error.name : String(error);
    trace.say(`${scheduler.now} ${op.node} #${op.number} fails: ${what}`);
    count(`${op.type}:${what}`);
    oracle.failed(op);
    if (!isExpected) oracle.broken(op, error);
    return null;
  }
}
