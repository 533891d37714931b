/**
 * Signing in: walks a journey page by page, and opens the session at its end, or keeps the one that
 * the caller has (fact sheet 2).
 */

import type { Session } from '../../engine/session.ts';
import { cookie } from '../cookies.ts';
import type { WireRequest } from '../dialect.ts';
import { authenticate } from '../sign-in.ts';
import {
  BAD_SIGNATURE,
  createAuthIds,
  type Progress,
  SESSION_TIMED_OUT,
  type Step,
  unparsable,
} from './auth-id.ts';
import type { Journey } from './config.ts';
import type { Context } from './context.ts';
import { balancerCookie, sessionCookie } from './cookie.ts';
import { type Body, type Parameters, parameter } from './decode.ts';
import { realmPath } from './encode.ts';
import { type AmError, amError, isAmError, LOGIN_FAILURE, refused } from './errors.ts';
import {
  type Answers,
  chooseJourney,
  headerAnswers,
  journeyOf,
  pageBody,
  readAnswers,
} from './journey.ts';
import type { Reply } from './resource.ts';
import { KIND, shape } from './shape.ts';

export interface LoginAsk {
  readonly request: WireRequest;
  readonly realm: string;
  readonly parameters: Parameters;
  readonly body: Body;
}

/** What has been typed, and where. `step` is what the client handed back; the first has none. */
interface Walk {
  readonly ask: LoginAsk;
  readonly journey: Journey;
  readonly progress: Progress;
  readonly step: Step | undefined;
  readonly current: Current | undefined;
}

/** The session that the caller has. */
interface Current {
  readonly session: Session;
  /** Whether it came in the cookie, which scripts cannot read. */
  readonly isHidden: boolean;
}

const ONCE = 'forgerock/authId';

/** AM's own name of the property, and its way of writing several. */
const WALKED = 'Service';

const LOCKED = amError(401, 'Your account has been locked.');
const NO_UPGRADE = amError(400, 'Session upgrade failed');
const OTHER_PERSON = amError(
  400,
  'Session Upgrade fails since user is different than original authenticated user',
);

export function createLogin(context: Context): (ask: LoginAsk) => Promise<Reply | AmError> {
  const { services, config } = context;
  const authIds = createAuthIds(services);

  return async (ask) => {
    const current = await currentSession(context, ask);
    if (current && isAmError(current)) return current;
    const { authId } = ask.body;
    if (authId === undefined || authId === null) return begin(ask, current);
    return typeof authId === 'string' ? resume(ask, authId, current) : unparsable('not a String');
  };

  async function begin(ask: LoginAsk, current: Current | undefined): Promise<Reply | AmError> {
    const { parameters, request } = ask;
    const indexType = parameter(parameters, 'authIndexType');
    const name = chooseJourney(config, indexType, parameter(parameters, 'authIndexValue'));
    if (typeof name !== 'string') return name;
    const journey = journeyOf(config, name);
    if (!journey) return SESSION_TIMED_OUT;
    const noSession = isTrue(ask, 'noSession');
    const isEnough =
      current && (indexType === undefined || walkedBy(current.session).includes(name));
    if (isEnough && !noSession && !isTrue(ask, 'ForceAuth')) {
      const { body, headers } = success(ask, current.session, current);
      // Whoever names a session has it already; a form of another site could name one, for a browser
      // to be signed in as somebody else.
      return current.isHidden ? { body, headers } : { body };
    }
    const progress = { journey: name, realm: ask.realm, page: 0, username: undefined, noSession };
    return show({ ask, journey, progress, step: undefined, current }, request);
  }

  async function resume(
    ask: LoginAsk,
    authId: string,
    current: Current | undefined,
  ): Promise<Reply | AmError> {
    const step = authIds.read(authId);
    if (isAmError(step)) return step;
    if (step.realm !== ask.realm) return BAD_SIGNATURE;
    const journey = journeyOf(config, step.journey);
    const page = journey?.pages[step.page];
    // The config is another one since then.
    if (!journey || !page) return SESSION_TIMED_OUT;
    const answers = readAnswers(page, ask.body.callbacks);
    if (isAmError(answers)) return answers;
    if (await services.once.used(ONCE, step.key)) return SESSION_TIMED_OUT;
    const noSession = step.noSession || isTrue(ask, 'noSession');
    const progress = { ...step, noSession };
    return advance({ ask, journey, progress, step, current }, answers);
  }

  /** Asks what the page asks, unless two headers have answered it already. */
  async function show(walk: Walk, request: WireRequest): Promise<Reply | AmError> {
    const { journey, progress } = walk;
    const page = journey.pages[progress.page];
    if (!page) return SESSION_TIMED_OUT;
    const answers = journey.zero_page ? headerAnswers(page, request) : undefined;
    if (answers) return advance(walk, answers);
    if (!(await isFirstUse(walk))) return SESSION_TIMED_OUT;
    return { body: pageBody(authIds.write(progress), page) };
  }

  async function advance(walk: Walk, answers: Answers): Promise<Reply | AmError> {
    const { ask, journey, progress } = walk;
    const username = answers.username ?? progress.username;
    if (progress.page + 1 < journey.pages.length) {
      const next = { ...progress, page: progress.page + 1, username };
      return show({ ...walk, progress: next }, ask.request);
    }
    return finish(walk, username ?? '', answers.password ?? '');
  }

  async function finish(walk: Walk, username: string, password: string): Promise<Reply | AmError> {
    const { ask, progress, current } = walk;
    const { request, realm } = ask;
    const found = await authenticate(services, realm, username, password, request.address);
    // Only now: a step that the server was too busy for may be tried again.
    if (!(await isFirstUse(walk))) return SESSION_TIMED_OUT;
    if (found.verdict === 'locked') return LOCKED;
    if (found.verdict !== 'right') return LOGIN_FAILURE;
    if (progress.noSession) return { body: withoutSession(realm) };
    const { epoch } = found;
    const { subject } = found.person;
    if (current) {
      if (current.session.subject !== subject) return OTHER_PERSON;
      const session = await signInAgain(current.session, progress.journey);
      if (session) return success(ask, session, current);
    }
    const properties = { [WALKED]: progress.journey };
    const draft = { realm, subject, epoch, origin: KIND, properties };
    const opened = await services.sessions.open(draft);
    return 'refused' in opened ? refused(opened) : success(ask, opened.session, undefined);
  }

  /** The same session, walked by one journey more; undefined when it has ended meanwhile. */
  async function signInAgain(session: Session, journey: string): Promise<Session | undefined> {
    const again = await services.sessions.reauthenticate(session, session.subject);
    if ('refused' in again) return undefined;
    const walked = walkedBy(session);
    if (walked.includes(journey)) return again.session;
    const token = services.sessions.token(session, KIND);
    const facts = { [WALKED]: [...walked, journey].join('|') };
    const noted = await services.sessions.setFacts(token, session.realm, facts);
    // Where there is no room for it, the journey is walked again the next time.
    return 'refused' in noted ? again.session : noted.session;
  }

  /** Each step that was handed back is good for one answer. */
  async function isFirstUse({ step }: Walk): Promise<boolean> {
    return step === undefined || services.once.use(ONCE, step.key, step.endsAt);
  }

  function success(
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

  function withoutSession(realm: string) {
    return {
      message: 'Authentication Successful',
      successUrl: config.success_url,
      realm: realmPath(realm),
    };
  }
}

/** The journeys that its owner has come by. */
function walkedBy({ properties }: Session): readonly string[] {
  return Object.hasOwn(properties, WALKED) ? (properties[WALKED]?.split('|') ?? []) : [];
}

function isTrue({ parameters }: LoginAsk, name: string): boolean {
  return parameter(parameters, name)?.toLowerCase() === 'true';
}

/** One that is named must be alive; a stale cookie is no matter. */
async function currentSession(
  { services, config }: Context,
  { request, realm, parameters }: LoginAsk,
): Promise<Current | AmError | undefined> {
  const named = parameter(parameters, 'sessionUpgradeSSOTokenId');
  const isOurs = (text: string) => shape.read(text) !== undefined;
  const token = shape.read(named ?? cookie(request, config.cookie_name, isOurs) ?? '');
  const found = token && (await services.sessions.look(token, realm));
  if (found && !('refused' in found))
    return { session: found.session, isHidden: named === undefined };
  return named === undefined ? undefined : NO_UPGRADE;
}
