/**
 * Rows: every commit that came through is compared with what stood there before.
 *
 * Who asked for what says which parts of a record may change; whatever else changes is a violation.
 */

import type { End } from '../../src/engine/end.ts';
import type { Session, SessionId, Slot, Subject } from '../../src/engine/session.ts';
import type { Write } from '../../src/stores/store.ts';
import type { Op } from '../asks.ts';
import { type Aspect, type Cause, checkParts, compareSessions } from './compare.ts';
import type { Court } from './court.ts';
import { isTimeReason } from './facts.ts';
import { firstLapse, overAt, sessionLapse } from './lapse.ts';
import { type Notices, nextNotice } from './notices.ts';
import { checkQuota, type Kept } from './quota.ts';

/** What changes with a session's end. */
const ENDING = ['grant end', 'child end', 'tickets', 'end', 'notice due', 'due'] as const;

/** What each ask may change of a session's record that is there. */
const MAY_CHANGE: Readonly<Record<Cause, readonly Aspect[]>> = {
  epoch: [],
  open: [...ENDING],
  open_named: ['access', ...ENDING],
  touch: ['access'],
  look: [],
  rotate: ['access', 'advance', 'history', ...ENDING],
  use_grant: ['seen', 'history', ...ENDING],
  see_access: ['seen'],
  add_grant: ['access', 'slot', 'grant new', 'grant gone', 'notice new', 'history', 'due'],
  add_child: ['access', 'slot', 'child new', 'child gone', 'history'],
  issue_ticket: ['access', 'slot', 'tickets'],
  redeem: [
    ...(['access', 'slot', 'grant new', 'grant gone', 'notice new'] as const),
    ...(['tickets', 'grant end', 'history', 'due'] as const),
  ],
  end_session: [...ENDING],
  end_part: ['grant end', 'child end', 'history', 'due'],
  end_subject: [...ENDING],
  inspect: [],
  list: [],
  sweep: [...ENDING],
  telling: ['notice tried', 'grant end', 'due'],
};

interface Mirrored extends Kept {
  readonly length: number;
  readonly changedAt: number;
  /** When each end was written down, by slot; 0 for the session. */
  readonly endedAt: Map<Slot, number>;
}

/**
 * Changes with which a record is filed anew. Others leave it where it was, which is early enough. (Not
 * always: a clock that is behind may renew a grant that had lapsed for the sweep and was left out.)
 */
const FILES: readonly Aspect[] = [
  ...(['due', 'grant new', 'grant gone', 'grant end', 'end'] as const),
  ...(['notice due', 'notice tried'] as const),
];

/** What the ends of all parts may add to a record that was full. */
const ENDS_LENGTH = 2_500;

/** A renewal may add a digit to the generation, no more. */
const RENEWAL_GROWTH = 4;

export class Rows {
  readonly #court: Court;
  readonly #sessions = new Map<SessionId, Mirrored>();
  readonly #subjects = new Map<string, Subject>();
  readonly #bySubject = new Map<string, Set<SessionId>>();
  /** The epoch that a sign-out everywhere began. */
  readonly #epochs = new WeakMap<Op, number>();
  /** Told what a commit did to a session; `before` is missing for a new one. */
  readonly #onChange: (op: Op, before: Session | undefined, after: Session) => void;
  readonly #notices: Notices;

  constructor(
    court: Court,
    notices: Notices,
    onChange: (op: Op, before: Session | undefined, after: Session) => void,
  ) {
    this.#court = court;
    this.#notices = notices;
    this.#onChange = onChange;
  }

  session(id: SessionId): Session | undefined {
    return this.#sessions.get(id)?.session;
  }

  /** How long the record's text is; 0 without one. */
  lengthOf(id: SessionId): number {
    return this.#sessions.get(id)?.length ?? 0;
  }

  /** When the end of that part was written down. */
  endedAt(id: SessionId, slot: Slot): number | undefined {
    return this.#sessions.get(id)?.endedAt.get(slot);
  }

  /** Whether the record has no grant or child of that slot; 0 is the session, which it always has. */
  isGone(id: SessionId, slot: Slot): boolean {
    if (slot === 0) return false;
    const session = this.session(id);
    if (!session) return true;
    return ![...session.grants, ...session.children].some((part) => part.slot === slot);
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()].map(({ session }) => session);
  }

  get unsettled(): readonly Subject[] {
    return [...this.#subjects.values()].filter((subject) => subject.ending !== null);
  }

  /** False when a node has told a client meanwhile, which is no part of what was asked. */
  committed(op: Op, writes: readonly Write[]): boolean {
    const cause = this.#causeOf(op, writes);
    // The subject first: an open is held to the epoch as it stands.
    for (const write of writes) {
      if (write.key.startsWith('subject/') && write.type === 'put') this.#putSubject(op, write);
    }
    for (const write of writes) {
      if (!write.key.startsWith('session/')) continue;
      if (write.type === 'put') this.#putSession(op, cause, write);
      if (write.type === 'delete') this.#deleteSession(op, write.key.slice('session/'.length));
    }
    const isWrite = writes.some((write) => write.type !== 'check');
    this.#court.expect(isWrite, 'I13', () => `${op.type} committed nothing`);
    if (op.type === 'open' || op.type === 'open_named') this.#checkQuota(op, writes);
    return cause !== 'telling';
  }

  /** Whatever a node was asked last: nothing else changes the notices of what has ended. */
  #causeOf(op: Op, [write, ...others]: readonly Write[]): Cause {
    if (write?.type !== 'put' || others.length > 0) return op.type;
    const before = this.session(write.key.slice('session/'.length));
    if (!before?.end) return op.type;
    const { notices } = JSON.parse(write.value) as Session;
    const isSame = JSON.stringify(before.notices) === JSON.stringify(notices);
    return isSame ? op.type : 'telling';
  }

  /** Those of a person that were there between two moments, whatever has become of them. */
  keptOf(realm: string, subject: string): readonly Kept[] {
    const ids = this.#bySubject.get(`${realm}/${subject}`) ?? [];
    return [...ids].flatMap((id) => this.#sessions.get(id) ?? []);
  }

  /** An acknowledged sign-out everywhere: nothing of an epoch before its own is alive. */
  checkEnded(op: Op<'end_subject'>): void {
    const { realm, subject } = op.ask;
    const epoch = this.#epochs.get(op);
    this.#court.expect(epoch !== undefined, 'I10', () => `#${op.number} began no epoch`);
    this.#checkEpoch(realm, subject, epoch ?? 0);
  }

  #checkEpoch(realm: string, subject: string, epoch: number): void {
    for (const session of this.#sessionsOf(realm, subject)) {
      if (session.epoch >= epoch) continue;
      this.#court.expect(
        overAt(session) <= this.#court.now + this.#court.half,
        'I10',
        () => `session ${session.id} of epoch ${session.epoch} outlives epoch ${epoch}`,
      );
    }
  }

  #putSession(op: Op, cause: Cause, write: Write & { type: 'put' }): void {
    const { form: _form, ...after } = JSON.parse(write.value) as Session & { form: number };
    const before = this.#sessions.get(after.id);
    const { length } = write.value;
    const aspects = before
      ? this.#checkChange(op, cause, before, after, length)
      : this.#checkNew(op, after);
    checkParts(this.#court, after);
    if (FILES.some((aspect) => aspects.has(aspect))) this.#checkFiling(write, after);
    const most = this.#court.policyOf(after.realm).limits.record + ENDS_LENGTH;
    this.#court.expect(length <= most, 'I16', () => `record ${after.id} has ${length} characters`);

    const endedAt = before?.endedAt ?? new Map<Slot, number>();
    for (const { slot, end } of [{ slot: 0, end: after.end }, ...after.grants, ...after.children]) {
      if (end && !endedAt.has(slot)) endedAt.set(slot, this.#court.now);
    }
    const changedAt = this.#court.now;
    const wasInDoubt = before && sessionLapse(before.session) <= changedAt + this.#court.half;
    const revivedAt = wasInDoubt ? changedAt : (before?.revivedAt ?? 0);
    this.#sessions.set(after.id, { session: after, length, changedAt, revivedAt, endedAt });
    this.#onChange(op, before?.session, after);
  }

  #checkNew(op: Op, session: Session): ReadonlySet<Aspect> {
    const { realm, subject } = session;
    const person = `${realm}/${subject}`;
    const epoch = this.#subjects.get(person)?.epoch ?? 0;
    const isOpen = op.type === 'open' || op.type === 'open_named';
    this.#court.expect(isOpen, 'I5', () => `${op.type} brought back session ${session.id}`);
    this.#court.expect(
      session.epoch === epoch,
      'I10',
      () => `session ${session.id} of epoch ${session.epoch} opened in epoch ${epoch}`,
    );
    const ids = this.#bySubject.get(person) ?? new Set();
    this.#bySubject.set(person, ids.add(session.id));
    return new Set<Aspect>(['due']);
  }

  #checkChange(
    op: Op,
    cause: Cause,
    { session: before, length }: Mirrored,
    after: Session,
    now: number,
  ): ReadonlySet<Aspect> {
    const court = this.#court;
    const aspects = compareSessions(court, cause, before, after);
    this.#notices.compare(before, after, aspects);
    const odd = [...aspects].filter((aspect) => !MAY_CHANGE[cause].includes(aspect));
    court.expect(odd.length === 0, 'I13', () => `${cause} changed ${odd} of ${after.id}`);
    court.expect(aspects.size > 0, 'I13', () => `${cause} wrote ${after.id} and changed nothing`);
    if (op.type === 'rotate' && aspects.has('advance')) {
      const grown = now - length;
      court.expect(grown <= RENEWAL_GROWTH, 'I16', () => `a renewal grew ${after.id} by ${grown}`);
    }
    if (aspects.has('end')) this.#checkEpochOf(op, after);
    if (aspects.size !== 1) return aspects;
    const throttle = Math.min(
      court.policyOf(after.realm).touchThrottleMs,
      Math.floor(after.idleMs / 4),
    );
    const [aspect] = aspects;
    const rested = restedMs(aspect, before, after);
    court.expect(rested > throttle, 'I13', () => `${op.type} wrote again after ${rested} ms`);
    return aspects;
  }

  /** What a sign-in did to the others of its person. */
  #checkQuota(op: Op, writes: readonly Write[]): void {
    const ids = writes.map(({ key }) => key.slice('session/'.length));
    const opened = ids.map((id) => this.session(id)).find((each) => each && !each.end);
    if (!opened) return;
    const { realm, subject } = opened;
    const { quota } = this.#court.policyOf(realm);
    checkQuota(this.#court, quota, {
      from: op.from,
      opened,
      others: this.keptOf(realm, subject).filter(({ session }) => session.id !== opened.id),
      isVictim: (id) => id !== opened.id && ids.includes(id),
    });
  }

  /** What is ended with all of a person's sessions was opened before that. */
  #checkEpochOf(op: Op, { id, realm, subject, epoch, end }: Session): void {
    const isOfAll = op.type === 'end_subject' || (op.type === 'sweep' && !isLapse(end));
    const now = this.#subjects.get(`${realm}/${subject}`)?.epoch ?? 0;
    const isDue = !isOfAll || epoch < now;
    this.#court.expect(isDue, 'I10', () => `session ${id} ended with those before epoch ${now}`);
  }

  /** Filed under the person, and for the sweep no later than it lapses or may be forgotten. */
  #checkFiling({ indexes }: Write & { type: 'put' }, session: Session): void {
    const { id, realm, subject, end } = session;
    const court = this.#court;
    const opened = String(session.createdAt).padStart(15, '0');
    const place = `${end ? 'over' : 'live'}/${realm}/${subject}/${opened}`;
    court.expect(indexes.subject === place, 'I17', () => `${id} stands at ${indexes.subject}`);
    const lapse = firstLapse(session, court.now + court.half) ?? Number.POSITIVE_INFINITY;
    const next = Math.min(lapse, nextNotice(session));
    const isHeld = Number.isFinite(next);
    const latest = isHeld ? next : overAt(session) + court.policyOf(realm).rememberMs;
    court.expect(
      indexes.due !== null && Number(indexes.due) <= latest,
      'I17',
      () => `${id} is due at ${indexes.due}, ${Number(indexes.due) - latest} ms late`,
    );
  }

  #deleteSession(op: Op, id: SessionId): void {
    const court = this.#court;
    const session = this.#sessions.get(id)?.session;
    court.expect(op.type === 'sweep' && !!session, 'I5', () => `${op.type} removed ${id}`);
    if (!session) return;
    const restedMs = court.now + court.half - overAt(session);
    const { rememberMs } = court.policyOf(session.realm);
    court.expect(
      restedMs >= rememberMs,
      'I5',
      () => `session ${id} was forgotten ${restedMs} ms after its end`,
    );
    this.#notices.forgotten(session);
    this.#sessions.delete(id);
    this.#bySubject.get(`${session.realm}/${session.subject}`)?.delete(id);
  }

  #putSubject(op: Op, write: Write & { type: 'put' }): void {
    const court = this.#court;
    const { form: _form, ...after } = JSON.parse(write.value) as Subject & { form: number };
    const person = `${after.realm}/${after.subject}`;
    const before = this.#subjects.get(person);
    const moved = after.epoch - (before?.epoch ?? 0);
    court.expect(moved === 0 || moved === 1, 'I10', () => `${person} moved ${moved} epochs`);
    court.expect(
      moved === 0 || (after.ending !== null && write.indexes.due !== null),
      'I10',
      () => `nobody will finish the ending of ${person}`,
    );
    const { named } = court.policyOf(after.realm).limits;
    const names = Object.keys(after.named).length;
    court.expect(names <= named, 'I16', () => `${person} has ${names} names`);
    for (const [name, id] of Object.entries(after.named)) {
      this.#checkName(op, `${name} of ${person}`, before?.named[name], id);
    }
    this.#subjects.set(person, after);
    if (moved > 0) this.#epochs.set(op, after.epoch);
    if (before?.ending && !after.ending) this.#checkEpoch(after.realm, after.subject, after.epoch);
  }

  /** At most one live session under a name, as far as clocks agree on what is alive. */
  #checkName(op: Op, what: string, before: SessionId | undefined, after: SessionId): void {
    if (before === undefined || before === after) return;
    const holder = this.#sessions.get(before);
    // Used meanwhile, through a node for whose clock it had not lapsed.
    if (!holder || holder.changedAt >= op.from) return;
    const over = overAt({ ...holder.session, grants: [] });
    const isOver = over <= this.#court.now + this.#court.half;
    this.#court.expect(isOver, 'I11', () => `two live sessions are ${what}`);
  }

  #sessionsOf(realm: string, subject: string): Session[] {
    const ids = this.#bySubject.get(`${realm}/${subject}`) ?? [];
    return [...ids].flatMap((id) => this.session(id) ?? []);
  }
}

/** How long ago the same small thing was written before; forever for other changes. */
function restedMs(aspect: Aspect | undefined, before: Session, after: Session): number {
  if (aspect === 'access') return after.lastAccessAt - before.lastAccessAt;
  if (aspect !== 'history') return Number.POSITIVE_INFINITY;
  const note = after.history.at(-1);
  const last = before.history.find(
    ({ what, about }) => what === note?.what && about === note.about,
  );
  return note && last ? note.lastAt - last.lastAt : Number.POSITIVE_INFINITY;
}

function isLapse(end: End | null): boolean {
  return end !== null && isTimeReason(end.reason);
}
