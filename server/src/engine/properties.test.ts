/**
 * What holds after any sequence of commands, whatever the clock does.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Command } from './command.ts';
import { needs } from './command.ts';
import { decide } from './decide.ts';
import {
  DAY,
  GRANT,
  MINUTE,
  OPEN,
  openWorld,
  POLICY,
  SECOND,
  type World,
} from './engine.testing.ts';
import { childEnd, grantEnd, nextLapse, sessionEnd } from './life.ts';
import type { Binding, Session } from './session.ts';

const AT = { id: OPEN.id, realm: 'alpha' } as const;
const slot = fc.integer({ min: 0, max: 6 });
const generation = fc.integer({ min: 1, max: 6 });
const why = fc.constantFrom(
  { reason: 'signed_out', by: 'user' } as const,
  { reason: 'ended_by_administrator', by: 'admin' } as const,
);
const binding: fc.Arbitrary<Binding> = fc.constantFrom(
  { kind: 'none', value: '' },
  { kind: 'client', value: '' },
  { kind: 'device', value: 'd' },
);
const rest = fc.constantFrom(MINUTE, DAY);
const draft = fc.record({ binding, offline: fc.boolean(), rest }).map((choice) => ({
  ...GRANT,
  binding: choice.binding,
  offline: choice.offline,
  idleMs: choice.offline ? choice.rest : null,
}));

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: slot.map((at) => ({ type: 'touch', ...AT, slot: at }) as const) },
  slot.map((at) => ({ type: 'look', ...AT, slot: at }) as const),
  {
    weight: 6,
    arbitrary: fc.record({ slot, generation, binding }).map(
      (ask) =>
        ({
          type: 'rotate',
          ...AT,
          ...ask,
          client: 'web',
          scope: null,
          keyId: 1,
          restMs: 0,
        }) as const,
    ),
  },
  fc.record({ slot, generation }).map((ask) => ({ type: 'see_access', ...AT, ...ask }) as const),
  draft.map((grant) => ({ type: 'add_grant', ...AT, grant }) as const),
  fc.constant({ type: 'add_child', ...AT, application: 'chat', facts: {} } as const),
  fc.constant({
    type: 'issue_ticket',
    ...AT,
    client: 'web',
    scope: [],
    lifeMs: 2 * MINUTE,
    conditions: {},
    facts: {},
  } as const),
  slot.map((at) => {
    const { client: _client, scope: _scope, ...grant } = GRANT;
    return { type: 'redeem', ...AT, slot: at, client: 'web', conditions: {}, grant } as const;
  }),
  fc
    .record({ slot, why })
    .map((ask) => ({ type: 'end_part', ...AT, slot: ask.slot, ...ask.why }) as const),
  {
    weight: 1,
    arbitrary: why.map(
      (ask) => ({ type: 'end_session', ...AT, ...ask, beforeEpoch: null }) as const,
    ),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'sweep', id: OPEN.id } as const) },
);

/** Mostly forward, sometimes back: nodes do not agree on the time. */
const pause = fc.oneof(
  fc.integer({ min: 0, max: 2 * MINUTE }),
  fc.integer({ min: 0, max: 40 * MINUTE }),
  fc.integer({ min: -30 * SECOND, max: 0 }),
);

const steps = fc.array(fc.record({ command, pause }), { maxLength: 60 });

function run(world: World, todo: readonly { command: Command; pause: number }[], check: Check) {
  world.must({ ...OPEN, lifeMs: DAY, idleMs: todo.length % 2 === 0 ? 30 * MINUTE : DAY });
  for (const step of todo) {
    world.now += step.pause;
    const before = world.sessions.get(OPEN.id);
    const commits = world.commits;
    const outcome = world.run(step.command);
    const after = world.sessions.get(OPEN.id);
    if (!before || !after) return;
    check({ before, after, command: step.command, outcome, wrote: world.commits > commits, world });
  }
}

type Check = (step: {
  before: Session;
  after: Session;
  command: Command;
  outcome: object;
  wrote: boolean;
  world: World;
}) => void;

const always = (name: string, check: Check) =>
  it(name, () => {
    fc.assert(
      fc.property(steps, (todo) => run(openWorld(), todo, check)),
      { numRuns: 600 },
    );
  });

always(
  'I5, I11: an end that is written is never changed, of whatever part',
  ({ before, after }) => {
    if (before.end) assert.deepEqual(after.end, before.end);
    for (const kind of ['grants', 'children'] as const) {
      for (const part of before[kind]) {
        if (part.end === null) continue;
        const now = after[kind].find((other) => other.slot === part.slot);
        if (now) assert.deepEqual(now.end, part.end);
      }
    }
  },
);

always('I5: nothing is granted on what is over', ({ before, command, outcome, world }) => {
  if ('refused' in outcome || !('slot' in command)) return;
  if (command.type === 'touch' || command.type === 'look' || command.type === 'redeem') {
    assert.equal(sessionEnd(before, world.now), null);
  }
  if (command.type === 'rotate' || command.type === 'use_grant' || command.type === 'see_access') {
    const grant = before.grants.find((other) => other.slot === command.slot);
    assert.ok(grant && grantEnd(before, grant, world.now) === null);
  }
});

always('I6, I8: absolute ends and last access move one way only', ({ before, after }) => {
  assert.ok(after.endsAt <= before.endsAt);
  assert.ok(after.lastAccessAt >= before.lastAccessAt);
  for (const grant of before.grants) {
    const now = after.grants.find((other) => other.slot === grant.slot);
    if (now) assert.ok(now.endsAt <= grant.endsAt && now.generation >= grant.generation);
  }
});

always('I9: when the sign-in is written as ended, so is all that hangs on it', ({ after }) => {
  if (!after.end) return;
  for (const child of after.children) assert.ok(child.end, 'a child is left alive');
  for (const grant of after.grants) {
    const outlives = grant.offline && after.end.by === 'policy';
    assert.ok(grant.end ?? outlives, 'a grant is left alive');
  }
});

always('I13: what changes nothing writes nothing', ({ before, after, command, outcome, wrote }) => {
  if (command.type === 'look') assert.equal(wrote, false);
  if ('moved' in outcome && outcome.moved === false) assert.equal(wrote, false);
  if ('retry' in outcome && outcome.retry === true) assert.equal(wrote, false);
  if (!wrote) assert.equal(after, before);
});

always('I16: lists stay within their limits, and no slot is given twice', ({ before, after }) => {
  for (const kind of ['grants', 'children', 'tickets', 'history'] as const) {
    assert.ok(after[kind].length <= POLICY.limits[kind], kind);
  }
  const slots = [...after.grants, ...after.children, ...after.tickets].map((part) => part.slot);
  assert.equal(new Set(slots).size, slots.length);
  for (const fresh of slots.filter((one) => one >= before.nextSlot)) {
    assert.ok(fresh < after.nextSlot);
  }
});

always('I17: a record is due no later than something in it lapses', ({ after, world }) => {
  const lapse = nextLapse(after, world.now);
  if (lapse !== null) assert.ok(after.dueAt <= lapse, `due ${after.dueAt}, lapses ${lapse}`);
});

always(
  'I11: the sweep writes the end that was told before',
  ({ before, after, command, world }) => {
    if (command.type !== 'sweep') return;
    assert.deepEqual(sessionEnd(after, world.now), sessionEnd(before, world.now));
    for (const [at, child] of before.children.entries()) {
      const swept = after.children[at];
      assert.ok(swept);
      assert.deepEqual(childEnd(after, swept, world.now), childEnd(before, child, world.now));
    }
  },
);

it('I18: a decision is a function of its inputs, and leaves them as they are', () => {
  fc.assert(
    fc.property(steps, command, (todo, last) => {
      const world = openWorld();
      run(world, todo, () => undefined);
      const session = world.sessions.get(OPEN.id) ?? null;
      freeze(session);
      freeze(last);
      const seen = {
        session: needs(last).session === null ? null : session,
        subject: null,
        live: [],
      };
      const first = decide(last, seen, world.now, POLICY);
      assert.deepEqual(decide(last, seen, world.now, POLICY), first);
    }),
    { numRuns: 300 },
  );
});

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}
