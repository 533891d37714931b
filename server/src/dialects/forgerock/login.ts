/**
 * Signing in: walks a journey page by page, as far as its client has the answers (fact sheet 2).
 */

import { authenticate } from '../sign-in.ts';
import {
  BAD_SIGNATURE,
  type Progress,
  SESSION_TIMED_OUT,
  type Step,
  unparsable,
} from './auth-id.ts';
import type { Journey } from './config.ts';
import type { Context } from './context.ts';
import { type LoginAsk, parameter } from './decode.ts';
import { realmPath } from './encode.ts';
import { type AmError, amError, isAmError, LOGIN_FAILURE } from './errors.ts';
import {
  type Answers,
  chooseJourney,
  headerAnswers,
  journeyOf,
  pageBody,
  readAnswers,
} from './journey.ts';
import { type Current, currentSession, openOrKeep, tokenReply, walkedBy } from './opening.ts';
import type { Reply } from './resource.ts';

/** What has been typed, and where. */
interface Walk {
  readonly ask: LoginAsk;
  readonly journey: Journey;
  readonly progress: Progress;
  /** What the client handed back; undefined at the beginning. */
  readonly step: Step | undefined;
  readonly current: Current | undefined;
}

const ONCE = 'forgerock/authId';

const LOCKED = amError(401, 'Your account has been locked.');

export async function login(context: Context, ask: LoginAsk): Promise<Reply | AmError> {
  const current = await currentSession(context, ask);
  if (current && isAmError(current)) return current;
  const authId = ask.body.authId ?? undefined;
  if (authId === undefined) return begin(context, ask, current);
  if (typeof authId !== 'string') return unparsable('not a String');
  return resume(context, ask, authId, current);
}

async function begin(
  context: Context,
  ask: LoginAsk,
  current: Current | undefined,
): Promise<Reply | AmError> {
  const { config } = context;
  const indexType = parameter(ask.parameters, 'authIndexType');
  const name = chooseJourney(config, indexType, parameter(ask.parameters, 'authIndexValue'));
  if (typeof name !== 'string') return name;
  const journey = journeyOf(config, name);
  if (!journey) return SESSION_TIMED_OUT;
  const noSession = isTrue(ask, 'noSession');
  const isEnough = current && (indexType === undefined || walkedBy(current.session).includes(name));
  if (isEnough && !noSession && !isTrue(ask, 'ForceAuth')) {
    const { body, headers } = tokenReply(context, ask, current.session, current);
    // Whoever names a session has it already; a form of another site could name one, for a browser
    // to be signed in as somebody else.
    return current.isHidden ? { body, headers } : { body };
  }
  const progress = { journey: name, realm: ask.realm, page: 0, username: undefined, noSession };
  return show(context, { ask, journey, progress, step: undefined, current });
}

async function resume(
  context: Context,
  ask: LoginAsk,
  authId: string,
  current: Current | undefined,
): Promise<Reply | AmError> {
  const { services, config, authIds } = context;
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
  const progress = { ...step, noSession: step.noSession || isTrue(ask, 'noSession') };
  return advance(context, { ask, journey, progress, step, current }, answers);
}

/** Asks what the page asks, unless two headers have answered it already. */
async function show(context: Context, walk: Walk): Promise<Reply | AmError> {
  const { ask, journey, progress } = walk;
  const page = journey.pages[progress.page];
  if (!page) return SESSION_TIMED_OUT;
  const answers = journey.zero_page ? headerAnswers(page, ask.request) : undefined;
  if (answers) return advance(context, walk, answers);
  if (!(await isFirstUse(context, walk))) return SESSION_TIMED_OUT;
  return { body: pageBody(context.authIds.write(progress), page) };
}

async function advance(context: Context, walk: Walk, answers: Answers): Promise<Reply | AmError> {
  const { journey, progress } = walk;
  const username = answers.username ?? progress.username;
  const page = progress.page + 1;
  if (page < journey.pages.length) {
    return show(context, { ...walk, progress: { ...progress, page, username } });
  }
  return finish(context, walk, username ?? '', answers.password ?? '');
}

async function finish(
  context: Context,
  walk: Walk,
  username: string,
  password: string,
): Promise<Reply | AmError> {
  const { ask, progress, current } = walk;
  const { request, realm } = ask;
  const found = await authenticate(context.services, realm, username, password, request.address);
  // Only now: a step that the server was too busy for may be tried again.
  if (!(await isFirstUse(context, walk))) return SESSION_TIMED_OUT;
  if (found.verdict === 'locked') return LOCKED;
  if (found.verdict !== 'right') return LOGIN_FAILURE;
  if (!progress.noSession) return openOrKeep(context, ask, found, progress.journey, current);
  const { success_url: successUrl } = context.config;
  return { body: { message: 'Authentication Successful', successUrl, realm: realmPath(realm) } };
}

/** Each step that was handed back is good for one answer. */
async function isFirstUse({ services }: Context, { step }: Walk): Promise<boolean> {
  return step === undefined || services.once.use(ONCE, step.key, step.endsAt);
}

function isTrue({ parameters }: LoginAsk, name: string): boolean {
  return parameter(parameters, name)?.toLowerCase() === 'true';
}
