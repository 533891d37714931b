/**
 * What the engine's tests share: a policy, drafts, and a small world that keeps what is decided.
 */

import type { Command, GrantDraft, Open, ReplyOf } from './command.ts';
import { needs, needsLive } from './command.ts';
import { decide } from './decide.ts';
import type { Decision, Seen } from './decision.ts';
import type { Policy } from './policy.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import type { Ms, Session, Subject } from './session.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const POLICY: Policy = {
  touchThrottleMs: MINUTE,
  retryCapUnboundMs: MINUTE,
  retryCapBoundMs: HOUR,
  retryOverlapMs: 10 * SECOND,
  replayEndsSession: false,
  rememberMs: 30 * DAY,
  quota: null,
  notices: { attempts: 5, firstMs: 10 * SECOND, longestMs: HOUR },
  limits: {
    grants: 8,
    children: 4,
    tickets: 4,
    history: 6,
    properties: 4,
    propertyLength: 64,
    named: 2,
    record: 65_536,
  },
};

export const GRANT: GrantDraft = {
  client: 'web',
  scope: ['read', 'write'],
  binding: { kind: 'none', value: '' },
  isSignIn: false,
  offline: false,
  keyId: 1,
  idleMs: null,
  lifeMs: 30 * DAY,
  facts: {},
  retryCapMs: null,
  replayEndsSession: null,
  notice: null,
};

export const OPEN: Open = {
  type: 'open',
  id: '0000000000000001',
  salt: 'c2FsdHNhbHRzYWx0c2FsdA',
  keyId: 1,
  realm: 'alpha',
  subject: 'mira',
  epoch: 0,
  origin: 'native',
  methods: ['pwd'],
  idleMs: 30 * MINUTE,
  lifeMs: 2 * HOUR,
  properties: {},
  grant: GRANT,
  name: null,
};

export const SIGN_OUT = {
  type: 'end_session',
  id: OPEN.id,
  realm: OPEN.realm,
  reason: 'signed_out',
  by: 'user',
  beforeEpoch: null,
} as const;

export interface World {
  now: Ms;
  readonly sessions: Map<string, Session>;
  readonly subjects: Map<string, Subject>;
  /** Commits so far. */
  commits: number;
  /** Decides and keeps. */
  run<C extends Command>(command: C): ReplyOf<C> | Refusal;
  /** As `run`, for a command that must be granted. */
  must<C extends Command>(command: C): ReplyOf<C>;
  /** The decision alone. */
  peek<C extends Command>(command: C): Decision<ReplyOf<C>>;
  session(id?: string): Session;
}

export function openWorld(policy: Policy = POLICY, now: Ms = 1_000_000_000_000): World {
  const sessions = new Map<string, Session>();
  const subjects = new Map<string, Subject>();

  function see(command: Command): Seen {
    const { session, subject } = needs(command);
    const all = subject ? [...sessions.values()].filter((one) => isTheirs(one, subject)) : [];
    return {
      session: session === null ? null : (sessions.get(session) ?? null),
      subject: subject ? (subjects.get(`${subject.realm}/${subject.subject}`) ?? null) : null,
      live: needsLive(command, policy) ? all : [],
    };
  }

  const world: World = {
    now,
    sessions,
    subjects,
    commits: 0,
    peek: (command) => decide(command, see(command), world.now, policy),
    run(command) {
      const { outcome, changes } = world.peek(command);
      if (changes.some((change) => change.type !== 'check_subject')) world.commits += 1;
      for (const change of changes) {
        if (change.type === 'put_session') sessions.set(change.session.id, change.session);
        if (change.type === 'forget_session') sessions.delete(change.id);
        if (change.type === 'put_subject') {
          const { realm, subject } = change.subject;
          subjects.set(`${realm}/${subject}`, change.subject);
        }
      }
      return outcome;
    },
    must(command) {
      const outcome = world.run(command);
      if ('refused' in outcome) throw new Error(`refused: ${JSON.stringify(outcome)}`);
      return outcome;
    },
    session(id = OPEN.id) {
      const session = sessions.get(id);
      if (!session) throw new Error(`no session ${id}`);
      return session;
    },
  };
  return world;
}

/** As the subject index has them: not ended, whatever time says. */
function isTheirs({ realm, subject, end }: Session, whose: { realm: string; subject: string }) {
  return realm === whose.realm && subject === whose.subject && end === null;
}

/** What it was refused with; undefined when it was not. */
export function refusalOf(outcome: object): string | undefined {
  return isRefusal(outcome) ? outcome.refused : undefined;
}
