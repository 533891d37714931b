/**
 * The options of a realm: how long its sessions live, how the retry rule is set, who is in it.
 */

import { z } from 'zod';
import { count, duration, login, name, password, text, tokenLife } from './values.ts';

const quota = z
  .strictObject({
    sessions: count('Live sessions of one person.', 1, 100),
    when_reached: z
      .enum(['deny', 'end_next_expiring', 'end_oldest', 'end_all'])
      .describe(
        'What one sign-in too many does: it is refused, or ends the session that would lapse ' +
          'first, the oldest, or all others. Default: end_next_expiring.',
      )
      .default('end_next_expiring'),
  })
  .describe('How many sessions a person may have at once. Default: as many as they like.');

const session = z
  .strictObject({
    idle: duration('How long a session lives without being used. Default: 30m.', {
      from: '1s',
      to: '365d',
    }).prefault('30m'),
    max: tokenLife('How long a session lives at most. Default: 2h.', {
      from: '1s',
      to: '365d',
    }).prefault('2h'),
    touch_throttle: duration(
      'A use is written down when the last one is older than this; never more than a quarter of ' +
        'the idle time counts. Default: 60s.',
      { from: '0s', to: '1h' },
    ).prefault('60s'),
    quota: quota.optional(),
  })
  .refine((it) => it.idle <= it.max, {
    message: 'must not be longer than session.max',
    path: ['idle'],
  })
  .refine((it) => it.touch_throttle < it.idle, {
    message: 'must be shorter than session.idle',
    path: ['touch_throttle'],
  })
  .describe('The times of a sign-in.');

const retry = z
  .strictObject({
    unbound_cap: duration(
      'How long after its first use a spent token of a public client may be an honest retry. ' +
        'Default: 60s.',
      { from: '0s', to: '1h' },
    ).prefault('60s'),
    bound_cap: duration(
      'The same for a token that is bound to a client secret, a device or a key. Default: 1h.',
      { from: '0s', to: '1h' },
    ).prefault('1h'),
    overlap: duration(
      'How long after its first use it may be one although its successor is in use already: other ' +
        'tabs, and answers that come late. Never longer than the cap. Default: 10s.',
      { from: '0s', to: '1m' },
    ).prefault('10s'),
    replay_ends: z
      .enum(['grant', 'session'])
      .describe(
        "What a replayed token ends: the application's grant or the sign-in. Default: grant.",
      )
      .default('grant'),
  })
  .refine((it) => it.unbound_cap <= it.bound_cap, {
    message: 'must not be longer than retry.bound_cap',
    path: ['unbound_cap'],
  })
  .describe('The retry rule: when a spent token is a lost answer, and when it is theft.');

const lockout = z
  .strictObject({
    failures: count(
      'Wrong passwords for one login from one address that lock it there; 0 for never. Default: 50.',
      0,
      1000,
    ).default(50),
    failures_anywhere: count(
      'Wrong passwords for one login from all addresses together that lock it, but for those ' +
        'where it has signed in within the last 30 days; 0 for never. Default: 100.',
      0,
      1000,
    ).default(100),
    within: duration('The time within which that many count. Default: 15m.', {
      from: '1s',
      to: '1d',
    }).prefault('15m'),
    for: duration('How long a login stays locked. Default: 15m.', {
      from: '1s',
      to: '1d',
    }).prefault('15m'),
  })
  .describe('When a login is locked because of wrong passwords.');

const passwords = z
  .strictObject({
    max_age: duration(
      'How old a password may be to sign in with. Default: as old as it likes, since a change ' +
        'that is forced makes for weaker ones (NIST SP 800-63B-4, section 3.1.1.2).',
      { from: '1m' },
    ).optional(),
    warn_before: duration(
      'How long before its end a person is warned, by dialects that can. Default: 7d.',
    ).prefault('7d'),
  })
  .describe('The age of passwords.');

const limits = z
  .strictObject({
    grants: count("Applications' grants. Default: 32.", 1, 1000).default(32),
    children: count('Sessions of embedded applications. Default: 32.', 1, 1000).default(32),
    tickets: count('One-time codes and tickets. Default: 64.', 1, 1000).default(64),
    history: count('Lines of its history. Default: 32.', 1, 1000).default(32),
    properties: count('Properties, and facts of one grant. Default: 32.', 1, 1000).default(32),
    property_length: count(
      'Characters of one property or fact, its name included. Default: 4096.',
      16,
      65_536,
    ).default(4096),
    named: count('Sessions that a person can have by name. Default: 8.', 1, 100).default(8),
    record: count('Characters of all that together. Default: 65536.', 4096, 131_072).default(
      65_536,
    ),
  })
  .describe('What one session can hold. At a limit room is made, or the request is refused.');

const user = z.strictObject({
  username: login('What the person signs in with.'),
  password: password('The first password; it can be changed later.'),
  email: text('Signs in as well as the user name does.').optional(),
  names: z
    .strictObject({
      en: text('The name in Latin letters.'),
      ar: text('The name in Arabic letters.').optional(),
    })
    .describe('Default: the user name.')
    .optional(),
  mobile: text('A telephone number.').optional(),
  role: z
    .enum(['user', 'agent', 'administrator'])
    .describe('What the person may do. Default: user.')
    .default('user'),
});

export const realm = z
  .strictObject({
    session: session.prefault({}),
    retry: retry.prefault({}),
    remember_ended: duration(
      'How long ended sessions are remembered, so that "why" has an answer. Default: 30d.',
      { to: '3650d' },
    ).prefault('30d'),
    lockout: lockout.prefault({}),
    password: passwords.prefault({}),
    limits: limits.prefault({}),
    users: z
      .array(user)
      .describe('People who are added at the start, where they are not known yet. Default: none.')
      .default([]),
  })
  .describe('A population of people, and the rules for their sessions.');

export const realms = z
  .record(name('The name of a realm.'), realm)
  .refine((it) => Object.keys(it).length > 0, { message: 'expected at least one realm' })
  .describe('The realms, by name.');

export type RealmOptions = z.output<typeof realm>;
