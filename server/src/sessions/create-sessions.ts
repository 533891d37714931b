/**
 * Makes the sessions service: tokens in, commands to the engine, tokens out.
 */

import type { Command, ReplyOf } from '../engine/command.ts';
import type { End } from '../engine/end.ts';
import { childEnd, grantEnd, sessionEnd } from '../engine/life.ts';
import type { Policy } from '../engine/policy.ts';
import { isRefusal, type Refusal } from '../engine/refusal.ts';
import type { Grant, Session, SessionId } from '../engine/session.ts';
import type { Row } from '../stores/store.ts';
import { createEnding } from './ending.ts';
import { Contended, createExecute, type Execute, type Guard, TURNS_MAX } from './execute.ts';
import { ID_BYTES, idFromBytes } from './ids.ts';
import { createListing } from './listing.ts';
import { createNotifying } from './notifying.ts';
import { decodeSession, decodeSubject, sessionKey, subjectKey } from './records.ts';
import type { GrantAsk, Inspected, OpenAsk, Sessions, SessionsParts } from './sessions.ts';
import { deriveToken, isGenuine, isPlausible, type Token } from './token.ts';

const SALT_BYTES = 16;

/** What most grants are like. */
const USUAL = { notice: null, retryCapMs: null, replayEndsSession: null } as const;

const UNKNOWN: Refusal = { refused: 'unknown_token' };

export function createSessions(parts: SessionsParts): Sessions {
  const { store, keyring, realms, clock } = parts;
  const policyOf = (realm: string): Policy => realms.get(realm)?.policy ?? parts.fallback;
  const execute = createExecute({
    store,
    clock,
    policyOf,
    publish: parts.publish,
    onDue: (id, due) => notifying.wake(id, due),
  });
  const notifying = createNotifying(parts, execute);

  /** Holds a command to the record being the one that its token was derived from. */
  const proving =
    (token: Token): Guard =>
    (session) =>
      session && isGenuine(keyring, token, session) ? undefined : UNKNOWN;

  /** Carries out what a token asks for: garbage costs no read, a forgery no decision. */
  const present = async <C extends Command>(
    token: Token,
    command: C,
  ): Promise<ReplyOf<C> | Refusal> =>
    isPlausible(keyring, token) ? execute(command, proving(token)) : UNKNOWN;

  const withToken = <Reply extends { session: Session; grant: Grant }>(
    outcome: Reply | Refusal,
    kind: string,
  ) =>
    isRefusal(outcome)
      ? outcome
      : { ...outcome, token: grantToken(outcome.session, outcome.grant, kind) };

  function grantToken(session: Session, { slot, generation, keyId }: Grant, kind: string): Token {
    return deriveToken(keyring, session, { kind, slot, generation, keyId });
  }

  function fixedToken(session: Session, kind: string, slot: number): Token {
    return deriveToken(keyring, session, { kind, slot, generation: 0, keyId: session.keyId });
  }

  const drafted = <Ask extends Partial<GrantAsk>>(grant: Ask) => ({
    ...USUAL,
    ...grant,
    keyId: keyring.currentMacKey(),
  });

  async function inspect(id: SessionId) {
    const [row] = await store.read([sessionKey(id)]);
    return row && inspected(row);
  }

  function inspected(row: Row): Inspected {
    const session = decodeSession(row);
    const now = clock.now();
    const partEnds = new Map<number, End | null>();
    for (const grant of session.grants) partEnds.set(grant.slot, grantEnd(session, grant, now));
    for (const child of session.children) partEnds.set(child.slot, childEnd(session, child, now));
    return { session, end: sessionEnd(session, now), partEnds };
  }

  return {
    realms,

    async epoch(realm, subject) {
      const [row] = await store.read([subjectKey(realm, subject)]);
      return row ? decodeSubject(row).epoch : 0;
    },

    async open(ask, kind) {
      const outcome = await execute(openCommand(parts, ask, null));
      if (isRefusal(outcome)) return outcome;
      const { session, grant } = outcome;
      const token = grant && kind !== undefined ? grantToken(session, grant, kind) : null;
      return { ...outcome, token };
    },

    openNamed: (ask, name) => openNamed(parts, execute, ask, name),

    token: (session, kind, slot = 0) => fixedToken(session, kind, slot),

    touch: (token, realm) =>
      present(token, { type: 'touch', realm, id: token.id, slot: token.slot }),

    look: (token, realm) => present(token, { type: 'look', realm, id: token.id, slot: token.slot }),

    reauthenticate: ({ id, realm }, ask) => execute({ type: 'reauthenticate', id, realm, ...ask }),

    setFacts: (token, realm, facts) =>
      present(token, { type: 'set_facts', realm, id: token.id, slot: token.slot, facts }),

    async rotate(token, ask) {
      const { id, slot, generation } = token;
      const keyId = keyring.currentMacKey();
      const name = { id, slot, generation, keyId };
      const command = { restMs: 0, ...ask, ...name, type: 'rotate' } as const;
      return withToken(await present(token, command), token.kind);
    },

    useGrant(token, ask) {
      const { id, slot, generation } = token;
      return present(token, { ...ask, type: 'use_grant', id, slot, generation });
    },

    seeAccess: ({ id, slot, generation }, realm) =>
      execute({ type: 'see_access', id, realm, slot, generation }),

    async addGrant({ id, realm }, grant, kind) {
      const command = { type: 'add_grant', id, realm, grant: drafted(grant) } as const;
      return withToken(await execute(command), kind);
    },

    async addChild({ id, realm }, ask, kind) {
      const outcome = await execute({ type: 'add_child', id, realm, ...ask });
      if (isRefusal(outcome)) return outcome;
      const { slot } = outcome.child;
      return { ...outcome, token: fixedToken(outcome.session, kind, slot) };
    },

    async issueTicket({ id, realm }, ask, kind) {
      const outcome = await execute({ type: 'issue_ticket', id, realm, ...ask });
      if (isRefusal(outcome)) return outcome;
      const { slot } = outcome.ticket;
      return { ...outcome, token: fixedToken(outcome.session, kind, slot) };
    },

    async redeem(ticket, ask, kind) {
      const { id, slot } = ticket;
      const grant = drafted(ask.grant);
      const command = { ...ask, type: 'redeem', id, slot, grant } as const;
      return withToken(await present(ticket, command), kind);
    },

    endSession: ({ id, realm }, why) =>
      execute({ type: 'end_session', id, realm, ...why, beforeEpoch: null }),

    endPart: ({ id, realm }, slot, why) => execute({ type: 'end_part', id, realm, slot, ...why }),

    ...createEnding(parts, execute, notifying.meet),
    settled: notifying.settled,
    close: notifying.close,

    inspect,

    async inspectToken(token) {
      if (!isPlausible(keyring, token)) return undefined;
      const found = await inspect(token.id);
      return found && isGenuine(keyring, token, found.session) ? found : undefined;
    },

    ...createListing(store, inspected),
  };
}

function openCommand(
  { random, keyring, realms }: SessionsParts,
  ask: OpenAsk,
  name: { name: string; replaces: SessionId | null } | null,
) {
  const realm = realms.get(ask.realm);
  if (!realm) throw new RangeError(`there is no realm ${ask.realm}`);
  const drawn = random.bytes(ID_BYTES + SALT_BYTES);
  const keyId = keyring.currentMacKey();
  return {
    type: 'open',
    id: idFromBytes(drawn),
    salt: drawn.subarray(ID_BYTES).toString('base64url'),
    keyId,
    realm: ask.realm,
    subject: ask.subject,
    epoch: ask.epoch,
    origin: ask.origin,
    methods: ask.methods ?? [],
    idleMs: ask.idleMs ?? realm.idleMs,
    lifeMs: ask.lifeMs ?? realm.lifeMs,
    properties: ask.properties ?? {},
    grant: ask.grant ? { ...USUAL, ...ask.grant, keyId } : null,
    name,
  } as const;
}

/** Finds the holder of the name alive, or takes its place; whoever loses that race finds the winner. */
async function openNamed(
  parts: SessionsParts,
  execute: Execute,
  ask: OpenAsk,
  name: string,
): Promise<Awaited<ReturnType<Sessions['openNamed']>>> {
  const { store } = parts;
  const [row] = await store.read([subjectKey(ask.realm, ask.subject)]);
  let holder = row ? (decodeSubject(row).named[name] ?? null) : null;
  for (let turn = 1; turn <= TURNS_MAX; turn++) {
    if (holder !== null) {
      const command = { type: 'touch', id: holder, realm: ask.realm, slot: 0 } as const;
      const found = await execute(command);
      // Of a later epoch: this sign-in began before all sessions were ended.
      if (!isRefusal(found) && found.session.epoch !== ask.epoch) {
        return { refused: 'epoch_moved' };
      }
      if (!isRefusal(found)) return found;
    }
    const opened = await execute(openCommand(parts, ask, { name, replaces: holder }));
    if (!isRefusal(opened)) return { session: opened.session, child: null, moved: true };
    if (opened.refused !== 'name_taken' || opened.id === holder) return opened;
    holder = opened.id;
  }
  throw new Contended(`the session called ${name} keeps being replaced`);
}
