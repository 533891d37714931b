/** Asks: everything that clients of a simulated world ask of a node, and what they are told. */

import { isRefusal } from '../src/engine/refusal.ts';
import type { Binding, Facts, Ms, Session } from '../src/engine/session.ts';
import type { GrantAsk, OpenAsk, Sessions, Why } from '../src/sessions/sessions.ts';
import type { Token } from '../src/sessions/token.ts';

/** The kinds of token. */
export const SIGN_ON = 'sso';
export const RENEWAL = 'renewal';
export const CHILD = 'child';
export const CODE = 'code';

/** From when it was asked until it was answered, in true time. */
export interface Span {
  readonly from: Ms;
  readonly by: Ms;
}

/** What a token that nobody was given is wrong in: its check, or only its MAC. */
export type Forgery = 'check' | 'mac';

interface TokenAsk {
  readonly token: Token;
  readonly realm: string;
  readonly forgery?: Forgery;
}

export interface Asks {
  epoch: { readonly realm: string; readonly subject: string };
  open: { readonly open: OpenAsk; readonly epochRead: Span };
  open_named: { readonly open: OpenAsk; readonly epochRead: Span; readonly name: string };
  touch: TokenAsk;
  look: TokenAsk;
  rotate: TokenAsk & {
    readonly client: string;
    readonly binding: Binding;
    readonly scope: readonly string[] | null;
    /** Who presents it: the outside observer knows what the server cannot. */
    readonly holder: string;
  };
  use_grant: TokenAsk & { readonly client: string | null; readonly binding: Binding };
  see_access: { readonly token: Token; readonly realm: string };
  add_grant: { readonly session: Session; readonly grant: GrantAsk };
  add_child: { readonly session: Session; readonly application: string; readonly facts: Facts };
  issue_ticket: {
    readonly session: Session;
    readonly client: string;
    readonly scope: readonly string[];
    readonly lifeMs: Ms;
    readonly conditions: Facts;
  };
  redeem: TokenAsk & {
    readonly client: string;
    readonly conditions: Facts;
    readonly grant: Omit<GrantAsk, 'client' | 'scope'>;
  };
  end_session: { readonly session: Session; readonly why: Why };
  end_part: { readonly session: Session; readonly slot: number; readonly why: Why };
  end_subject: { readonly realm: string; readonly subject: string; readonly why: Why };
  inspect: { readonly id: string };
  list: { readonly realm: string; readonly subject: string };
  sweep: { readonly limit: number };
}

export type AskType = keyof Asks;

const PERFORM = {
  epoch: (sessions: Sessions, ask: Asks['epoch']) => sessions.epoch(ask.realm, ask.subject),
  open: async (sessions: Sessions, ask: Asks['open']) => {
    const outcome = await sessions.open(ask.open, RENEWAL);
    if (isRefusal(outcome)) return outcome;
    return { ...outcome, signOn: sessions.token(outcome.session, SIGN_ON) };
  },
  open_named: async (sessions: Sessions, ask: Asks['open_named']) => {
    const outcome = await sessions.openNamed(ask.open, ask.name);
    if (isRefusal(outcome)) return outcome;
    return { ...outcome, signOn: sessions.token(outcome.session, SIGN_ON) };
  },
  touch: (sessions: Sessions, ask: Asks['touch']) => sessions.touch(ask.token, ask.realm),
  look: (sessions: Sessions, ask: Asks['look']) => sessions.look(ask.token, ask.realm),
  rotate: (sessions: Sessions, { token, realm, client, binding, scope }: Asks['rotate']) =>
    sessions.rotate(token, { realm, client, binding, scope }),
  use_grant: (sessions: Sessions, { token, realm, client, binding }: Asks['use_grant']) =>
    sessions.useGrant(token, { realm, client, binding }),
  see_access: (sessions: Sessions, ask: Asks['see_access']) =>
    sessions.seeAccess(ask.token, ask.realm),
  add_grant: (sessions: Sessions, ask: Asks['add_grant']) =>
    sessions.addGrant(ask.session, ask.grant, RENEWAL),
  add_child: (sessions: Sessions, { session, ...ask }: Asks['add_child']) =>
    sessions.addChild(session, ask, CHILD),
  issue_ticket: (sessions: Sessions, { session, ...ask }: Asks['issue_ticket']) =>
    sessions.issueTicket(session, { ...ask, facts: {} }, CODE),
  redeem: (sessions: Sessions, { token, realm, client, conditions, grant }: Asks['redeem']) =>
    sessions.redeem(token, { realm, client, conditions, grant: { ...grant, facts: {} } }, RENEWAL),
  end_session: (sessions: Sessions, ask: Asks['end_session']) =>
    sessions.endSession(ask.session, ask.why),
  end_part: (sessions: Sessions, ask: Asks['end_part']) =>
    sessions.endPart(ask.session, ask.slot, ask.why),
  end_subject: (sessions: Sessions, ask: Asks['end_subject']) =>
    sessions.endSubject(ask.realm, ask.subject, ask.why),
  inspect: (sessions: Sessions, ask: Asks['inspect']) => sessions.inspect(ask.id),
  list: (sessions: Sessions, ask: Asks['list']) => listAll(sessions, ask),
  sweep: (sessions: Sessions, ask: Asks['sweep']) => sessions.sweep(ask.limit),
} satisfies { [Type in AskType]: (sessions: Sessions, ask: Asks[Type]) => Promise<unknown> };

/** Short pages, so that resuming is tried too. */
const PAGE = 7;

async function listAll(sessions: Sessions, { realm, subject }: Asks['list']) {
  const found = [];
  let page = await sessions.list(realm, subject, PAGE);
  found.push(...page.sessions);
  while (page.next) {
    page = await sessions.list(realm, subject, PAGE, page.next);
    found.push(...page.sessions);
  }
  return found;
}

export type Outcomes = { [Type in AskType]: Awaited<ReturnType<(typeof PERFORM)[Type]>> };

/** The real service does what was asked. */
export function perform<Type extends AskType>(
  type: Type,
  sessions: Sessions,
  ask: Asks[Type],
): Promise<Outcomes[Type]> {
  const run = PERFORM[type] as unknown as (
    sessions: Sessions,
    ask: Asks[Type],
  ) => Promise<Outcomes[Type]>;
  return run(sessions, ask);
}

/** Something that a node was asked, while it works on it and afterwards. */
export interface Op<Type extends AskType = AskType> {
  readonly number: number;
  readonly type: Type;
  readonly ask: Asks[Type];
  readonly node: string;
  /** When the node was asked, true time. */
  readonly from: Ms;
  /** What of this ask reached the store: calls that read, and commits that came through. */
  reads: number;
  commits: number;
}

export function isOp<Type extends AskType>(op: Op, type: Type): op is Op & Op<Type> {
  return op.type === type;
}

/** The token that was presented. */
export function tokenOf({ ask }: Op): Token | undefined {
  return 'token' in ask ? ask.token : undefined;
}

/** An op with its answer, in a form that a switch can tell apart. */
export type Answered = {
  [Type in AskType]: {
    readonly type: Type;
    readonly op: Op<Type>;
    readonly ask: Asks[Type];
    readonly outcome: Outcomes[Type];
  };
}[AskType];

/** In one word what came of it, for the trace and the tally. */
export function wordFor({ outcome }: Answered): string {
  if (outcome === undefined) return 'unknown';
  if (typeof outcome !== 'object') return 'done';
  if ('refused' in outcome) return 'end' in outcome ? endWord(outcome) : outcome.refused;
  if ('retry' in outcome) return outcome.retry ? 'retry' : 'advance';
  if ('moved' in outcome) return outcome.moved ? 'moved' : 'unmoved';
  if ('ended' in outcome) return outcome.ended ? 'ended' : 'over';
  return 'done';
}

function endWord({ refused, end }: { refused: string; end: { reason: string } }): string {
  return refused === end.reason ? refused : `${refused}/${end.reason}`;
}

/** A token as whoever holds it could write it down. */
export function textOf({ kind, id, slot, generation, keyId, check, mac }: Token): string {
  return `${kind}.${id}.${slot}.${generation}.${keyId}.${check}.${mac.toString('latin1')}`;
}
