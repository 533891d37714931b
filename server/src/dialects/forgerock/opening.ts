/**
 * Opening: a person who has proved who they are gets a session, or keeps the one that they came with,
 * and the token for it (fact sheet 2.2, 2.5).
 */

import type { Session } from '../../engine/session.ts';
import { type Authenticated, BY_PASSWORD } from '../sign-in.ts';
import type { Context } from './context.ts';
import { balancerCookie, readSessionCookie, sessionCookie } from './cookies.ts';
import { type LoginAsk, parameter } from './decode.ts';
import { realmPath } from './encode.ts';
import { type AmError, amError, refused } from './errors.ts';
import type { Reply } from './resource.ts';
import { KIND, shape } from './shape.ts';

/** The session that the caller has. */
export interface Current {
  readonly session: Session;
  /** Whether it came in the cookie, which scripts cannot read. */
  readonly isHidden: boolean;
}

/** AM's own name of the property, and its way of writing several. */
const WALKED = 'Service';

const NO_UPGRADE = amError(400, 'Session upgrade failed');
const OTHER_PERSON = amError(
  400,
  'Session Upgrade fails since user is different than original authenticated user',
);

/** One that is named must be alive; a stale cookie is no matter. */
export async function currentSession(
  { services, config }: Context,
  { request, realm, parameters }: LoginAsk,
): Promise<Current | AmError | undefined> {
  const named = parameter(parameters, 'sessionUpgradeSSOTokenId');
  const token = shape.read(named ?? readSessionCookie(config, request) ?? '');
  const found = token && (await services.sessions.look(token, realm));
  if (found && !('refused' in found)) {
    return { session: found.session, isHidden: named === undefined };
  }
  return named === undefined ? undefined : NO_UPGRADE;
}

/** @param journey What the person has come by. */
export async function openOrKeep(
  context: Context,
  ask: LoginAsk,
  { person: { subject }, epoch }: Authenticated,
  journey: string,
  current: Current | undefined,
): Promise<Reply | AmError> {
  if (current) {
    if (current.session.subject !== subject) return OTHER_PERSON;
    const session = await signInAgain(context, current.session, journey);
    if (session) return tokenReply(context, ask, session, current);
  }
  const properties = { [WALKED]: journey };
  const draft = {
    realm: ask.realm,
    subject,
    epoch,
    origin: KIND,
    properties,
    methods: BY_PASSWORD,
  };
  const opened = await context.services.sessions.open(draft);
  return 'refused' in opened
    ? refused(opened)
    : tokenReply(context, ask, opened.session, undefined);
}

/** The same session, walked by one journey more; undefined when it has ended meanwhile. */
async function signInAgain(
  { services: { sessions } }: Context,
  session: Session,
  journey: string,
): Promise<Session | undefined> {
  const again = await sessions.reauthenticate(session, {
    subject: session.subject,
    methods: BY_PASSWORD,
  });
  if ('refused' in again) return undefined;
  const walked = walkedBy(session);
  if (walked.includes(journey)) return again.session;
  const facts = { [WALKED]: [...walked, journey].join('|') };
  const noted = await sessions.setFacts(sessions.token(session, KIND), session.realm, facts);
  // Where there is no room for it, the journey is walked again the next time.
  return 'refused' in noted ? again.session : noted.session;
}

/** The journeys that a session's owner has come by. */
export function walkedBy({ properties }: Session): readonly string[] {
  return Object.hasOwn(properties, WALKED) ? (properties[WALKED]?.split('|') ?? []) : [];
}

/** @param current What the caller came with: its token may be out of reach of scripts. */
export function tokenReply(
  { services, config }: Context,
  { request, realm }: LoginAsk,
  session: Session,
  current: Current | undefined,
): Required<Reply> {
  const tokenId = shape.write(services.sessions.token(session, KIND));
  const isTold = config.http_only_body === 'always' || !current?.isHidden;
  return {
    body: {
      tokenId: isTold ? tokenId : '',
      successUrl: config.success_url,
      realm: realmPath(realm),
    },
    headers: {
      'Set-Cookie': [sessionCookie(config, request, tokenId), balancerCookie(config, request)],
    },
  };
}
