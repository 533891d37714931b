/**
 * Callers: who calls, which session they mean, and whether they may (fact sheet 3.1).
 *
 * The usual call presents one token that is both. Another session may be named beside it: in the
 * path, in the query, or in the body.
 */

import type { Session } from '../../engine/session.ts';
import type { Token } from '../../sessions/token.ts';
import type { Context } from './context.ts';
import { readTokens } from './decode.ts';
import { ACCESS_DENIED, type AmError, amError, FORBIDDEN, isAmError } from './errors.ts';
import type { Call } from './resource.ts';
import { shape } from './shape.ts';

/**
 * Who may do something with a session: anyone who has its token, whoever is signed in as well, the
 * person whose session it is, or an administrator. Each of them may do what the next one may not.
 */
export type Right = 'anyone' | 'signed_in' | 'owner' | 'administrator';

/** The session that is meant. */
export interface Target {
  /** Genuine or not: what is done with it will show. */
  readonly token: Token;
  /** Whether the caller's own token is the one that is meant. */
  readonly isCaller: boolean;
  /** Whether an administrator acts on somebody else's session. */
  readonly isAdministrator: boolean;
}

/** The caller is in order, the session that is meant is not alive. */
export interface Gone {
  readonly gone: true;
}

const GONE: Gone = { gone: true };

/** AM says so whatever the cookie is called. */
const NO_TOKEN = amError(400, 'iPlanetDirectoryCookie not set on request');

export async function readTarget(
  context: Context,
  call: Call,
  right: Right,
): Promise<Target | Gone | AmError> {
  const texts = readTexts(context, call);
  if (isAmError(texts)) return texts;
  const { presented, meant } = texts;
  if (right === 'anyone') {
    const text = meant ?? presented;
    if (text === undefined) return NO_TOKEN;
    const token = shape.read(text);
    return token ? { token, isCaller: false, isAdministrator: false } : GONE;
  }
  const token = shape.read(presented ?? meant ?? '');
  if (!token) return ACCESS_DENIED;
  const isCaller = meant === undefined || presented === undefined || presented === meant;
  // The action itself will find out whether it is alive.
  if (isCaller && right !== 'administrator') return { token, isCaller, isAdministrator: false };
  const caller = await look(context, token, call.realm);
  if (!caller) return ACCESS_DENIED;
  if (right === 'administrator' && !(await isAdministrator(context, caller))) return FORBIDDEN;
  if (isCaller) return { token, isCaller, isAdministrator: false };
  return readOther(context, caller, shape.read(meant), right);
}

/** The session of somebody who is signed in, when nobody else's is meant. */
export async function readCaller(context: Context, call: Call): Promise<Session | AmError> {
  const texts = readTexts(context, call);
  if (isAmError(texts)) return texts;
  const token = shape.read(texts.presented ?? texts.meant ?? '');
  const caller = token && (await look(context, token, call.realm));
  return caller ?? ACCESS_DENIED;
}

export async function readAdministrator(context: Context, call: Call): Promise<Session | AmError> {
  const caller = await readCaller(context, call);
  if (isAmError(caller) || (await isAdministrator(context, caller))) return caller;
  return FORBIDDEN;
}

export async function isAdministrator(
  { services }: Context,
  { realm, subject }: Session,
): Promise<boolean> {
  const person = await services.directory.find(realm, subject);
  return person?.active === true && person.role === 'administrator';
}

/** A session that is named beside the caller's own. */
async function readOther(
  context: Context,
  caller: Session,
  token: Token | undefined,
  right: Right,
): Promise<Target | Gone | AmError> {
  const session = token && (await look(context, token, caller.realm));
  if (!token || !session) return GONE;
  const target = { token, isCaller: false, isAdministrator: false };
  if (session.subject === caller.subject) return target;
  if (await isAdministrator(context, caller)) return { ...target, isAdministrator: true };
  return right === 'owner' ? FORBIDDEN : target;
}

/** Undefined unless it is alive. */
async function look(
  { services }: Context,
  token: Token,
  realm: string,
): Promise<Session | undefined> {
  const found = await services.sessions.look(token, realm);
  return 'refused' in found ? undefined : found.session;
}

interface Texts {
  /** The caller's token, as it was sent. */
  readonly presented: string | undefined;
  /** The one that is named beside it; alone, it is the caller's as well. */
  readonly meant: string | undefined;
}

function readTexts({ config }: Context, call: Call): Texts | AmError {
  const texts = readTokens(call.request, call.parameters, call.body, config);
  if (isAmError(texts)) return texts;
  return {
    presented: texts.cookie ?? texts.header,
    meant: call.params.tokenId || (texts.query ?? texts.body),
  };
}
