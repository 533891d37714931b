/** Notices: who is to be told of an end, and whether that is done, as it was written down (I20). */

import type { Notice, Session } from '../../src/engine/session.ts';
import type { Aspect } from './compare.ts';
import type { Court } from './court.ts';

export class Notices {
  readonly #court: Court;
  /** Calls that were made, by session, client and attempt. */
  readonly #made = new Set<string>();
  /** What a client has taken, whether or not its answer arrived. */
  readonly #taken = new Set<string>();

  constructor(court: Court) {
    this.#court = court;
  }

  /** A node makes a call. @param row Its record as it stands; it may be forgotten by now. */
  telling(session: Session, notice: Notice, row: Session | undefined): void {
    const court = this.#court;
    const what = `${nameOf(session, notice)}, attempt ${notice.attempts}`;
    court.expect(session.end !== null, 'I20', () => `${what}: the sign-in lives`);
    const written = row?.notices.find((one) => isSame(one, notice));
    const isWritten = !row || (written?.attempts ?? 0) >= notice.attempts;
    court.expect(isWritten, 'I20', () => `${what} is not written down`);
    court.expect(!this.#made.has(what), 'I20', () => `${what} was made twice`);
    this.#made.add(what);
  }

  took(session: Session, notice: Notice): void {
    this.#taken.add(nameOf(session, notice));
  }

  /** What one commit has changed. */
  compare(before: Session, after: Session, aspects: Set<Aspect>): void {
    for (const old of before.notices) {
      const notice = after.notices.find((one) => isSame(one, old));
      if (notice) this.#step(after, old, notice, aspects);
      else this.#court.fail('I20', `${nameOf(after, old)} was dropped`);
    }
    if (after.notices.length > before.notices.length) aspects.add('notice new');
    const waits = after.notices.find(({ state }) => (state === 'waiting') !== (after.end === null));
    this.#court.expect(!waits, 'I20', () => `${after.id}: ${waits?.client} is ${waits?.state}`);
  }

  /** Nobody comes back to a record that is forgotten. */
  forgotten(session: Session): void {
    const left = session.notices.find(({ state }) => state === 'due' || state === 'waiting');
    this.#court.expect(
      !left,
      'I20',
      () => `${session.id} is forgotten, ${left?.client} is ${left?.state}`,
    );
  }

  #step(session: Session, before: Notice, after: Notice, aspects: Set<Aspect>): void {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const court = this.#court;
    const what = nameOf(session, after);
    const { attempts } = court.policyOf(session.realm).notices;
    switch (`${before.state} ${after.state}`) {
      case 'waiting waiting':
        // Its client was given another grant.
        aspects.add('notice new');
        return;
      case 'waiting due':
        aspects.add('notice due');
        court.expect(after.attempts === 0, 'I20', () => `${what} was tried before its end`);
        return;
      case 'due due':
        aspects.add('notice tried');
        court.expect(after.attempts <= attempts, 'I20', () => `${what} is tried on and on`);
        return;
      case 'due delivered':
        aspects.add('notice tried');
        court.expect(this.#taken.has(what), 'I20', () => `${what} was never told`);
        return;
      case 'due dead':
        aspects.add('notice tried');
        court.expect(before.attempts === attempts, 'I20', () => `${what} was given up early`);
        return;
      default:
        court.fail('I20', `${what} was ${before.state}, and is ${after.state}`);
    }
  }
}

/** By when a sweep must come by for those who are still to be told. */
export function nextNotice({ notices }: Session): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...notices.filter(({ state }) => state === 'due').map(({ at }) => at),
  );
}

function isSame(left: Notice, right: Notice): boolean {
  return left.by === right.by && left.client === right.client;
}

function nameOf({ id }: Session, { by, client }: Notice): string {
  return `${id} for ${client} by ${by}`;
}
