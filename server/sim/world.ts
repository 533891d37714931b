/** A world: nodes over one faulty store, and the people who use them; one seed, one history. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Op } from './asks.ts';
import { Device } from './clients/device.ts';
import { runForgers } from './clients/forger.ts';
import { startOperators } from './clients/operators.ts';
import { type Person, Recent, type Street } from './clients/street.ts';
import { runThieves } from './clients/thief.ts';
import { Dice } from './dice.ts';
import { FaultyStore } from './faulty-store.ts';
import { SimulatedKeyring } from './keyring.ts';
import { Network } from './network.ts';
import { SimulatedNode } from './node.ts';
import { Court, type Violation } from './oracle/court.ts';
import { Oracle } from './oracle/oracle.ts';
import { drawProfile, type Profile } from './profile.ts';
import { Receivers } from './receivers.ts';
import { Scheduler } from './scheduler.ts';
import { Trace } from './trace.ts';

export interface Journey {
  readonly seed: number;
  /** Events of the scheduler, before the world is let come to rest. */
  readonly steps: number;
}

export interface Result extends Journey {
  /** Of the whole history. */
  readonly hash: string;
  /** Simulated time. */
  readonly ms: number;
  readonly violation: Violation | null;
  /** The last lines of the trace. */
  readonly tail: readonly string[];
  /** How often what happened. */
  readonly counts: ReadonlyMap<string, number>;
}

const START = Date.UTC(2030, 0, 1);
const SUBJECTS = ['ada', 'ben', 'cleo', 'dina', 'emil'] as const;
/** Sweeps after which nothing may be left: each waits for the last record that is filed. */
const LAST_SWEEPS = 20;

/** Lives through one history, until its end or the first broken promise. */
export async function runWorld(
  { seed, steps }: Journey,
  print?: (line: string) => void,
): Promise<Result> {
  const world = new World(seed, new Trace(print));
  await world.live(steps);
  if (!world.isBroken) await world.rest();
  return { seed, steps, ...world.result() };
}

class World {
  readonly #scheduler = new Scheduler(START);
  readonly #trace: Trace;
  readonly #counts = new Map<string, number>();
  readonly #profile: Profile;
  readonly #court: Court;
  readonly #oracle: Oracle;
  readonly #store: FaultyStore;
  readonly #receivers: Receivers;
  readonly #nodes: readonly SimulatedNode[];
  readonly #network: Network;

  constructor(seed: number, trace: Trace) {
    const dice = new Dice(seed);
    const profile = drawProfile(dice);
    const scheduler = this.#scheduler;
    const current = new AsyncLocalStorage<Op>();
    const count = (what: string) => {
      this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    };
    const policies = new Map(profile.realms.map(({ name, policy }) => [name, policy]));
    this.#trace = trace;
    this.#profile = profile;
    this.#court = new Court(scheduler, policies, profile.skewMs);
    this.#oracle = new Oracle(this.#court);
    const parts = { scheduler, profile, trace, count, current };
    this.#store = new FaultyStore({
      ...parts,
      dice: dice.fork(),
      onCommit: (op, writes) => this.#oracle.committed(op, writes),
    });
    const keyring = new SimulatedKeyring(dice.fork());
    this.#receivers = new Receivers({ ...parts, dice: dice.fork(), oracle: this.#oracle });
    const shared = { store: this.#store, keyring, receivers: this.#receivers };
    this.#nodes = Array.from({ length: profile.nodes }, (_, at) => {
      return new SimulatedNode({ ...parts, ...shared, name: `n${at + 1}`, dice: dice.fork() });
    });
    this.#network = new Network({
      ...parts,
      dice: dice.fork(),
      nodes: this.#nodes,
      oracle: this.#oracle,
    });
    trace.say(`seed ${seed}: ${JSON.stringify(profile)}`);
    this.#populate(dice, keyring, count);
  }

  /** Everything happens, one event after the other. */
  async live(steps: number): Promise<void> {
    for (let step = 0; step < steps && !this.isBroken; step++) {
      if (!this.#scheduler.step()) break;
      await this.#settled();
    }
  }

  /** Nobody comes any more, and nothing fails: what is left must be swept away in the end. */
  async rest(): Promise<void> {
    this.#network.isClosed = true;
    this.#store.isCalm = true;
    this.#receivers.isCalm = true;
    for (const node of this.#nodes) {
      if (node.isDown) node.restart();
    }
    await this.#until(this.#scheduler.now + 10 * 60_000);
    for (let count = 0; count < LAST_SWEEPS; count++) {
      const due = this.#oracle.lastDue;
      if (due === null) break;
      await this.#until(Math.max(this.#scheduler.now, due) + this.#profile.skewMs);
      const [node] = this.#nodes;
      if (node) void this.#network.ask(node, 'sweep', { limit: 1000 });
      await this.#until(this.#scheduler.now + 10 * 60_000);
    }
    if (!this.isBroken) this.#oracle.checkEmpty();
  }

  get isBroken(): boolean {
    return this.#court.violation !== null;
  }

  result(): Omit<Result, keyof Journey> {
    const violation = this.#court.violation;
    if (violation) this.#trace.say(`${violation.invariant}: ${violation.message}`);
    return {
      hash: this.#trace.hash(),
      ms: this.#scheduler.now - START,
      violation,
      tail: this.#trace.tail(),
      counts: this.#counts,
    };
  }

  async #until(time: number): Promise<void> {
    while (!this.isBroken && this.#scheduler.step(time)) await this.#settled();
  }

  /** All that an event has set going has happened: promises settle before anything immediate. */
  #settled(): Promise<void> {
    this.#trace.tick(this.#scheduler.now);
    return new Promise((resolve) => setImmediate(resolve));
  }

  #populate(dice: Dice, keyring: SimulatedKeyring, count: (what: string) => void): void {
    const profile = this.#profile;
    const scheduler = this.#scheduler;
    const people: Person[] = SUBJECTS.slice(0, profile.people).map((subject) => {
      return { subject, realm: dice.pick(profile.realms) };
    });
    const street: Street = {
      scheduler,
      dice,
      profile,
      network: this.#network,
      people,
      sessions: new Recent(20),
      tokens: new Recent(40),
      apps: new Recent(10),
      count,
    };
    for (const person of people) {
      for (let at = 1; at <= profile.devices; at++) {
        void new Device(street, person, `${person.subject}-${at}`).run();
      }
    }
    const say = (line: string) => this.#trace.say(`${scheduler.now} ${line}`);
    startOperators({ street, nodes: this.#nodes, keyring, say });
    if (profile.theftMs !== null) void runThieves(street, profile.theftMs);
    if (profile.forgeryMs !== null) void runForgers(street, profile.forgeryMs);
  }
}
