/**
 * Sessions: sign in, renew, read, list, end.
 */

import type { Session } from '../../../engine/session.ts';
import { jsonAnswer, queryValue } from '../../answers.ts';
import type { Services, WireAnswer, WireRequest } from '../../dialect.ts';
import { signIn as signInWith } from '../../sign-in.ts';
import { type Caller, callerOf } from '../caller.ts';
import { readBearer, readMembers, readPage, writeCursor } from '../decode.ts';
import { encodeSession } from '../encode.ts';
import { lockedProblem, problem, refusalProblem } from '../errors.ts';
import { KIND, SESSION_TOKEN } from '../shape.ts';

const NO_STORE = { 'Cache-Control': 'no-store' };

export async function signIn(services: Services, request: WireRequest): Promise<WireAnswer> {
  const realm = request.params.realm ?? '';
  if (!services.sessions.realms.has(realm)) return problem('no_such_realm');
  const body = readMembers(request, ['username', 'password']);
  if ('unfit' in body) return problem('bad_request', body.unfit);
  const { address } = request;
  const login = { realm, login: body.username, password: body.password, address };
  const opened = await signInWith(services, login, { origin: KIND });
  if ('refused' in opened) return refusalProblem(opened);
  if (opened.verdict === 'locked') return lockedProblem(opened.until, services.clock.now());
  if (opened.verdict === 'expired') return problem('password_expired');
  if (opened.verdict === 'wrong') return problem('wrong_credentials');
  const { session } = opened;
  const token = SESSION_TOKEN.write(services.sessions.token(session, KIND));
  return jsonAnswer(201, { token, session: encodeSession(session, null) }, NO_STORE);
}

export async function renew(services: Services, request: WireRequest): Promise<WireAnswer> {
  const realm = request.params.realm ?? '';
  if (!services.sessions.realms.has(realm)) return problem('no_such_realm');
  const token = readBearer(services, request);
  if (!token) return problem('not_signed_in');
  const touched = await services.sessions.touch(token, realm);
  if ('refused' in touched) return refusalProblem(touched);
  const { session, moved } = touched;
  return jsonAnswer(200, { moved, session: encodeSession(session, null) }, NO_STORE);
}

export async function read(services: Services, request: WireRequest): Promise<WireAnswer> {
  const found = await findFor(services, request);
  if ('status' in found) return found;
  return jsonAnswer(200, encodeSession(found.session, found.end), NO_STORE);
}

export async function end(services: Services, request: WireRequest): Promise<WireAnswer> {
  const found = await findFor(services, request);
  if ('status' in found) return found;
  const isOwn = found.session.subject === found.caller.person.subject;
  const outcome = await services.sessions.endSession(found.session, whyOf(isOwn, 'one'));
  if ('refused' in outcome) return refusalProblem(outcome);
  return jsonAnswer(200, { ended: outcome.ended }, NO_STORE);
}

export async function list(services: Services, request: WireRequest): Promise<WireAnswer> {
  const asked = await subjectFor(services, request);
  if ('status' in asked) return asked;
  const page = readPage(request);
  if ('unfit' in page) return problem('bad_request', page.unfit);
  const { realm, subject } = asked;
  const { sessions, next } = await services.sessions.list(realm, subject, page.limit, page.after);
  return jsonAnswer(
    200,
    {
      sessions: sessions.map(({ session, end: over }) => encodeSession(session, over)),
      next: next && writeCursor(next),
    },
    NO_STORE,
  );
}

export async function endAll(services: Services, request: WireRequest): Promise<WireAnswer> {
  const asked = await subjectFor(services, request);
  if ('status' in asked) return asked;
  const why = whyOf(asked.isOwn, 'all');
  return jsonAnswer(
    200,
    await services.sessions.endSubject(asked.realm, asked.subject, why),
    NO_STORE,
  );
}

/** The session of the path, if the caller may see it: their own, or any to an administrator. */
export async function findFor(services: Services, request: WireRequest) {
  const { realm = '', id = '' } = request.params;
  const caller = await callerOf(services, request, realm);
  if ('status' in caller) return caller;
  const wanted = id === 'current' ? caller.session.id : id;
  const found = await services.sessions.inspect(wanted);
  // To anybody else there is no such session: an id is no secret, but nobody's business.
  if (!found || !maySee(caller, found.session)) return problem('no_such_session');
  return { ...found, caller };
}

function maySee({ person, isAdministrator }: Caller, session: Session): boolean {
  return session.realm === person.realm && (isAdministrator || session.subject === person.subject);
}

async function subjectFor(services: Services, request: WireRequest) {
  const { realm = '' } = request.params;
  const caller = await callerOf(services, request, realm);
  if ('status' in caller) return caller;
  const own = caller.person.subject;
  const written = queryValue(request, 'subject');
  if (written === undefined || written === own) return { realm, subject: own, isOwn: true };
  if (!caller.isAdministrator) return problem('not_allowed');
  // As people are known: by their subject, or by whatever they sign in with.
  const { directory } = services;
  const person =
    (await directory.find(realm, written)) ?? (await directory.resolve(realm, written));
  if (!person) return problem('no_such_user');
  return { realm, subject: person.subject, isOwn: person.subject === own };
}

function whyOf(isOwn: boolean, many: 'one' | 'all') {
  if (!isOwn) return { reason: 'ended_by_administrator', by: 'admin' } as const;
  const reason = many === 'one' ? 'signed_out' : 'signed_out_everywhere';
  return { reason, by: 'user' } as const;
}
