/** The court: what all checks of the oracle share, and where a broken promise is reported. */

import type { Policy } from '../../src/engine/policy.ts';
import type { Ms } from '../../src/engine/session.ts';
import type { Scheduler } from '../scheduler.ts';

/** The numbers of `server/src/engine/README.md`; `bug` for what may never happen at all. */
export type Invariant =
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I4'
  | 'I5'
  | 'I6'
  | 'I7'
  | 'I8'
  | 'I9'
  | 'I10'
  | 'I11'
  | 'I13'
  | 'I14'
  | 'I15'
  | 'I16'
  | 'I17'
  | 'I19'
  | 'I20'
  | 'bug';

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}

export class Court {
  readonly #scheduler: Scheduler;
  readonly #policies: ReadonlyMap<string, Policy>;
  /** No clock of a node is further from true time. */
  readonly half: Ms;
  /** The first one; what comes after it may be its consequence. */
  violation: Violation | null = null;

  constructor(scheduler: Scheduler, policies: ReadonlyMap<string, Policy>, skewMs: Ms) {
    this.#scheduler = scheduler;
    this.#policies = policies;
    // Clocks say whole milliseconds.
    this.half = skewMs / 2 + 1;
  }

  get now(): Ms {
    return this.#scheduler.now;
  }

  policyOf(realm: string): Policy {
    const policy = this.#policies.get(realm);
    if (!policy) throw new Error(`no realm ${realm}`);
    return policy;
  }

  /** @param message Made only when the promise is broken. */
  expect(holds: boolean, invariant: Invariant, message: () => string): void {
    if (!holds) this.fail(invariant, message());
  }

  fail(invariant: Invariant, message: string): void {
    this.violation ??= { invariant, message };
  }
}
