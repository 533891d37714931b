/** Groups: calls that arrive while others are on their way to the server share the next trip. */
import { StoreFault } from '../store.ts';

export interface GroupsOptions<Job, Answer> {
  /** What waits, for the message when too much of it does. */
  readonly what: string;
  /** Groups under way at once. */
  readonly lanes: number;
  /** More jobs than this do not wait: they are refused at once. */
  readonly waitingLimit: number;
  /** A group is closed when the sizes of its jobs add up to this, to bound the time that it takes. */
  readonly size: number;
  readonly sizeOf: (job: Job) => number;
  /** An answer for each job, in their order. What it throws goes to everyone in the group. */
  readonly run: (group: readonly Job[]) => Promise<readonly (Answer | StoreFault)[]>;
}

interface Waiting<Job, Answer> {
  readonly job: Job;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: unknown) => void;
}

export class Groups<Job, Answer> {
  readonly #options: GroupsOptions<Job, Answer>;
  readonly #waiting: Waiting<Job, Answer>[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(options: GroupsOptions<Job, Answer>) {
    this.#options = options;
  }

  /** @throws StoreFault when too many wait, and what `run` says of this job. */
  async add(job: Job): Promise<Answer> {
    const { what, waitingLimit, lanes } = this.#options;
    if (this.#waiting.length >= waitingLimit) {
      throw new StoreFault(
        `the postgres store is overloaded: ${this.#waiting.length} ${what} wait`,
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      if (this.#running.size < lanes) this.#openLane();
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #openLane(): void {
    const lane = this.#run().finally(() => this.#running.delete(lane));
    this.#running.add(lane);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Callers that were just answered come back within the turn, and share the trip.
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#nextGroup();
      if (group.length > 0) await this.#finish(group);
    }
  }

  #nextGroup(): Waiting<Job, Answer>[] {
    const { size, sizeOf } = this.#options;
    let count = 0;
    for (let sum = 0; sum < size; count++) {
      const next = this.#waiting[count];
      if (next === undefined) break;
      sum += sizeOf(next.job);
    }
    return this.#waiting.splice(0, count);
  }

  async #finish(group: readonly Waiting<Job, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.run(group.map(({ job }) => job));
      for (const [which, { resolve, reject }] of group.entries()) {
        const answer = answers[which];
        if (answer === undefined || answer instanceof StoreFault) reject(answer);
        else resolve(answer);
      }
    } catch (fault) {
      for (const { reject } of group) reject(fault);
    }
  }
}
