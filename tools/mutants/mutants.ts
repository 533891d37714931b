/** The mutants: deliberate faults, each of which breaks a promise that tests have to notice. */

export interface Mutant {
  readonly name: string;
  /** From `server/src/`. */
  readonly file: string;
  /** Stands in that file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What goes wrong. */
  readonly why: string;
  /** The first seed of the simulator, for what few seeds meet; 1 unless said. */
  readonly fromSeed?: number;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'drop-the-version-check',
    file: 'sessions/execute.ts',
    find: 'const writes = decision.changes.map((change) => writeOf(change, rows));',
    replace: `const latest = await read(store, command);
      const writes = decision.changes.map((change) => writeOf(change, latest.rows));`,
    why: 'a commit names the version that stands there, not the one that was decided on',
  },
  {
    name: 'take-a-conflict-for-a-commit',
    file: 'sessions/execute.ts',
    find: "if ((await store.commit(writes)) === 'conflict') return 'conflict';",
    replace: 'await store.commit(writes);',
    why: 'the loser of a race is told what only the winner did',
  },
  {
    name: 'take-a-fault-for-a-commit',
    file: 'sessions/execute.ts',
    find: 'if ((await store.commit(writes)) ===',
    replace: "if ((await store.commit(writes).catch(() => 'committed')) ===",
    why: 'what may not have been written is acknowledged',
  },
  {
    name: 'slide-the-window',
    file: 'engine/decisions/rotate.ts',
    find: 'return { ...reply({ session, grant, retry: true }), events: [event] };',
    replace: `const slid = { ...grant, rotatedAt: Math.max(grant.rotatedAt, now) };
    const kept = { session: withGrant(session, slid), grant: slid, retry: true };
    return replyAndKeep(kept, [event]);`,
    why: 'each retry opens the window again',
  },
  {
    name: 'accept-two-generations-back',
    file: 'engine/decisions/rotate.ts',
    find: 'return generation === grant.generation - 1 && isWindowOpen(grant, now, policy);',
    replace: 'return generation >= grant.generation - 2 && isWindowOpen(grant, now, policy);',
    why: 'a token whose successor was renewed is served',
  },
  {
    name: 'ignore-the-cap',
    file: 'engine/decisions/rotate.ts',
    find: 'return now - grant.rotatedAt < cap;',
    replace: 'return cap > 0;',
    why: 'a spent token is served for ever',
  },
  {
    name: 'cap-unbound-as-bound',
    file: 'engine/decisions/rotate.ts',
    find: "grant.binding.kind === 'none' ? policy.retryCapUnboundMs",
    replace: "grant.binding.kind === 'never' ? policy.retryCapUnboundMs",
    why: 'whoever copies a token that is bound to nothing has an hour to use it',
  },
  {
    name: 'ignore-the-evidence',
    file: 'engine/decisions/rotate.ts',
    find: 'return isWithinCap(grant, now, policy) && !isSettled;',
    replace: 'return isWithinCap(grant, now, policy) && !(isSettled && now < 0);',
    why: 'a spent token is served although its successor was seen in use',
  },
  {
    name: 'count-evidence-at-once',
    file: 'engine/decisions/rotate.ts',
    find: 'const isSettled = grant.seen && now - grant.rotatedAt >= policy.retryOverlapMs;',
    replace: 'const isSettled = grant.seen;',
    why: 'a tab that asked before it knew is taken for a thief',
  },
  {
    name: 'forget-the-evidence',
    file: 'sessions/execute.ts',
    find: 'if (decision.changes.length > 0) {',
    replace: "if (decision.changes.length > 0 && command.type !== 'see_access') {",
    why: 'that a successor was seen in use is not written down',
  },
  {
    name: 'keep-the-evidence',
    file: 'engine/decisions/rotate.ts',
    find: 'seen: false,',
    replace: 'seen: grant.seen,',
    why: 'a new generation counts as seen before anybody has it',
  },
  {
    name: 'let-a-replay-pass',
    file: 'engine/decisions/rotate.ts',
    find: ': filed(withGrant(marked, { ...grant, end }), now, policy);',
    replace: ': marked;',
    why: 'a replayed token is refused, and its grant lives on',
  },
  {
    name: 'retry-with-the-newest-key',
    file: 'sessions/create-sessions.ts',
    find: 'return deriveToken(keyring, session, { kind, slot, generation, keyId });',
    replace: `const newest = keyId >= 0 ? keyring.currentMacKey() : keyId;
    return deriveToken(keyring, session, { kind, slot, generation, keyId: newest });`,
    why: 'after a rotation of keys a retry gets another successor',
  },
  {
    name: 'move-the-absolute-end',
    file: 'engine/decisions/rotate.ts',
    find: 'rotatedAt: Math.max(grant.rotatedAt, now),',
    replace: `rotatedAt: Math.max(grant.rotatedAt, now),
    endsAt: grant.endsAt + Math.max(0, now - grant.rotatedAt),`,
    why: 'a grant that is renewed never ends',
  },
  {
    name: 'ignore-the-binding',
    file: 'engine/decisions/rotate.ts',
    find: 'return bound.kind === presented.kind && bound.value === presented.value;',
    replace: 'return bound.kind === presented.kind;',
    why: 'a token that is bound to one device is good on another',
  },
  {
    name: 'note-every-wrong-device',
    file: 'engine/decisions/rotate.ts',
    find: 'if (last && now - last.lastAt <= touchThrottle(policy, session.idleMs)) {',
    replace: 'if (last && now < last.lastAt) {',
    why: 'a thief can make the server write as often as he likes',
  },
  {
    name: 'ignore-the-client',
    file: 'engine/decisions/rotate.ts',
    find: 'if (command.client !== null && grant.client !== command.client) {',
    replace: 'if (command.client !== null && grant.client === undefined) {',
    why: 'one application renews the token of another',
  },
  {
    name: 'ignore-the-throttle',
    file: 'engine/decisions/touch.ts',
    find: 'if (now - session.lastAccessAt <= touchThrottle(policy, session.idleMs)) {',
    replace: 'if (now <= session.lastAccessAt) {',
    why: 'every touch is written down',
  },
  {
    name: 'go-by-a-clock-that-is-behind',
    file: 'engine/record.ts',
    find: 'return now > session.lastAccessAt ? { ...session, lastAccessAt: now } : session;',
    replace: 'return { ...session, lastAccessAt: now };',
    why: 'last access goes backward',
  },
  {
    name: 'forget-the-children',
    file: 'engine/record.ts',
    find: 'end: childEnd(session, child, now) ?? end,',
    replace: 'end: child.end,',
    why: 'a child has no end of its own when its session ends',
  },
  {
    name: 'forget-the-grants',
    file: 'engine/record.ts',
    find: 'return { ...grant, end: own ?? (ends(grant) ? end : null) };',
    replace: 'return { ...grant, end: own };',
    why: 'a grant that may outlive the sign-in survives a sign-out',
  },
  {
    name: 'tell-the-later-end',
    file: 'engine/life.ts',
    find: 'return rested && signIn && rested.at < signIn.at ? rested : (signIn ?? rested);',
    replace: 'return signIn ?? rested;',
    why: 'a grant that rested too long is said to have ended with its session, later',
  },
  {
    name: 'end-what-has-lapsed',
    file: 'engine/decisions/tickets.ts',
    find: "if (!grant || grantEnd(session, grant, now)) return refuse({ refused: 'ticket_spent' });",
    replace: "if (!grant || grant.end) return refuse({ refused: 'ticket_spent' });",
    why: 'the second use of a code replaces the timeout that had ended its grant',
  },
  {
    name: 'forget-what-ended-a-child',
    file: 'engine/decisions/touch.ts',
    find: 'const end = child?.end ?? sessionEnd(session, now);',
    replace: 'const end = sessionEnd(session, now) ?? child?.end ?? null;',
    why: 'the reason of a child changes when its session ends',
  },
  {
    name: 'file-too-late',
    file: 'engine/record.ts',
    find: 'const dueAt = lapse ??',
    replace: 'const dueAt = (lapse ?? Number.NaN) + 3_600_000 ||',
    why: 'the sweep comes an hour after the end',
  },
  {
    name: 'make-room-among-the-living',
    file: 'engine/record.ts',
    find: '(grant) => isIdle(grant) && grant.client === draft.client,',
    replace: '() => true,',
    why: 'a grant that is in use is dropped for another',
  },
  {
    name: 'ignore-the-epoch',
    file: 'engine/decisions/open.ts',
    find: "if (subject.epoch !== command.epoch) return refuse({ refused: 'epoch_moved' });",
    replace: '',
    why: 'a sign-in that was under way outlives a sign-out everywhere',
  },
  {
    name: 'end-the-new-epoch-too',
    file: 'engine/decisions/end.ts',
    find: 'session.epoch >= command.beforeEpoch',
    replace: 'session.epoch > command.beforeEpoch',
    why: 'a sign-in after a sign-out everywhere ends with those before it',
  },
  {
    name: 'trust-the-lapse',
    file: 'engine/decisions/end.ts',
    find: 'if (isSpared || isWritten(session)) return',
    replace: 'if (isSpared || isWhollyOver(session, now)) return',
    why: 'a sign-out that finds its session lapsed by a fast clock is lost on a slow one',
    fromSeed: 133,
  },
  {
    name: 'settle-before-all-are-ended',
    file: 'sessions/ending.ts',
    find: 'let ended = 0;',
    replace: `let ended = 0;
    await execute({ type: 'settle_subject', realm, subject, epoch });`,
    why: 'what a crash leaves alive in a sign-out everywhere stays alive',
  },
  {
    name: 'end-all-but-do-not-wait',
    file: 'sessions/ending.ts',
    find: 'return { ended: await finishEnding(outcome.subject) };',
    replace: 'return { ended: outcome.subject.epoch };',
    why: 'a sign-out everywhere is acknowledged before it has happened',
  },
  {
    name: 'use-a-ticket-again',
    file: 'engine/decisions/tickets.ts',
    find: 'spentAt: now, grant: grown.grant.slot };',
    replace: 'spentAt: null, grant: grown.grant.slot };',
    why: 'a code is good for any number of grants',
  },
  {
    name: 'forget-the-living',
    file: 'engine/decisions/sweep.ts',
    find: 'if (isWhollyOver(session, now) && now >= restsFrom(session, now) + policy.rememberMs) {',
    replace: 'if (isWhollyOver(session, now) || now >= session.dueAt) {',
    why: 'the sweep forgets a record that was renewed since it was filed',
  },
  {
    name: 'skip-the-proof',
    file: 'sessions/create-sessions.ts',
    find: 'session && isGenuine(keyring, token, session) ? undefined : UNKNOWN;',
    replace: 'session && (isGenuine(keyring, token, session) || true) ? undefined : UNKNOWN;',
    why: 'a token with a right check and any MAC is taken',
  },
  {
    name: 'skip-the-check',
    file: 'sessions/token.ts',
    find: 'return check !== undefined && check >>> (CHECK_BITS - token.checkBits) === token.check;',
    replace: 'return check !== undefined;',
    why: 'garbage is looked up in the store',
  },
  {
    name: 'count-sessions-unguarded',
    file: 'engine/decisions/open.ts',
    find: "policy.quota ? { type: 'put_subject', subject: named } : keepSubject(seen.subject, named),",
    replace: 'keepSubject(seen.subject, named),',
    why: 'sign-ins that race count the same sessions, and pass the quota together',
  },
  {
    name: 'allow-one-session-more',
    file: 'engine/decisions/quota.ts',
    find: 'const tooMany = alive.length + 1 - quota.sessions;',
    replace: 'const tooMany = alive.length - quota.sessions;',
    why: 'one session more than the quota stays alive',
  },
  {
    name: 'use-a-value-twice',
    file: 'sessions/once.ts',
    find: "return (await store.commit([write])) === 'committed';",
    replace: 'return (await store.commit([write])) !== undefined;',
    why: 'a value that is good once is good for ever',
  },
  {
    name: 'tell-before-writing-it-down',
    file: 'engine/decisions/notices.ts',
    find: 'return { ...notice, attempts: notice.attempts + 1, at: now + wait };',
    replace: 'return { ...notice, attempts: notice.attempts + 1, at: now + wait - wait };',
    why: 'every process that comes by makes the same attempt',
  },
  {
    name: 'forget-whom-to-tell',
    file: 'engine/record.ts',
    find: "notice.state === 'waiting' ? { ...notice, state: 'due' as const, at: now } : notice,",
    replace: 'notice,',
    why: 'a sign-in ends, and nobody is told',
  },
];
