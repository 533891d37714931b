/**
 * What stands between an authorization request and its code: that the right person is signed in,
 * lately enough, and has consented.
 */

import type { Refusal } from '../../engine/refusal.ts';
import type { Session } from '../../engine/session.ts';
import type { WireAnswer } from '../dialect.ts';
import { type Authorization, answered, failed, TOO_LONG } from './authorization.ts';
import { askToConsent } from './authorization-consent.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { askToSignIn } from './authorization-sign-in.ts';
import type { Client } from './clients.ts';
import { issueCode } from './code.ts';
import { hasConsented, rememberConsent } from './consent.ts';
import type { Context } from './context.ts';
import { type Problem, problem } from './errors.ts';
import { readIdToken } from './id-token.ts';
import { SPENT, spendPushed } from './pushed-request.ts';

export interface Standing {
  /** Of whoever is signed in. */
  readonly session: Session | undefined;
  /** Whether that was just now, and for this request. */
  readonly isFresh: boolean;
  /** Whether a page can be shown, and so a person asked. */
  readonly canAsk: boolean;
  /** What the person decided about this very request, if they did. */
  readonly decision: 'allow' | 'deny' | undefined;
  /** Whether the person wants to be asked no more. */
  readonly isToRemember?: boolean;
}

/** Asks for what is missing, or hands out the code. @throws StoreFault */
export async function proceed(
  context: Context,
  authorization: Authorization,
  standing: Standing,
): Promise<WireAnswer> {
  const { session, isFresh, decision } = standing;
  const { asked } = authorization;
  const canAsk = standing.canAsk && !asked.prompts.has('none');
  const wanted = wantedSubjects(context, authorization);
  if (wanted === null) return failed(context, authorization, BAD_HINT);

  const isOther = wanted.some((subject) => session?.subject !== subject);
  const now = context.services.clock.now();
  const isEnough = session && !isOther && (isFresh || !isTooOld(asked, session, now));
  if (!isEnough) {
    // Who has just signed in and is somebody else is not asked for ever.
    return canAsk && !isFresh
      ? askToSignIn(context, authorization)
      : failed(context, authorization, LOGIN);
  }
  if (decision === 'deny') return failed(context, authorization, DENIED);
  const { client } = authorization.destination;
  if (decision === undefined && mustConsent(asked, client, session)) {
    return canAsk
      ? askToConsent(context, authorization, session)
      : failed(context, authorization, CONSENT);
  }
  if (decision === 'allow' && standing.isToRemember) {
    await rememberConsent(context, session, client, asked.scope);
  }
  return grantCode(context, authorization, session);
}

async function grantCode(
  context: Context,
  authorization: Authorization,
  session: Session,
): Promise<WireAnswer> {
  const { request, issuer, asked, destination } = authorization;
  const { client, sentUri, state } = destination;
  if (asked.responseType === 'none')
    return answered(context, authorization, { state, iss: issuer });
  if (asked.pushed !== undefined && !(await spendPushed(context, asked.pushed))) {
    return failed(context, authorization, SPENT);
  }
  const issued = await issueCode(context, session, {
    client,
    scope: asked.scope,
    redirectUri: sentUri,
    challenge: asked.challenge,
    dpopJkt: asked.dpopJkt,
    nonce: asked.nonce,
    claims: asked.claims.userinfo,
    origin: request.origin,
  });
  if ('refused' in issued) return failed(context, authorization, refusedCode(issued));
  return answered(context, authorization, {
    code: issued.code,
    state,
    iss: issuer,
    client_id: client.id,
    scope: asked.scope.join(' '),
  });
}

/** Whom all of the request wants signed in; none for anybody, null when the hint is none of ours. */
function wantedSubjects({ services }: Context, { asked, realm }: Authorization) {
  const { idTokenHint, claims } = asked;
  if (idTokenHint === undefined) return claims.subjects;
  const hint = readIdToken(services.keyring, idTokenHint, realm);
  return hint ? [...claims.subjects, hint.sub] : null;
}

/** What asks for a fresh sign-in (OpenID Connect Core 1.0, section 3.1.2.1). */
function isTooOld({ prompts, maxAge }: AuthorizationRequest, session: Session, now: number) {
  if (prompts.has('login') || prompts.has('select_account')) return true;
  return maxAge !== undefined && now - session.authenticatedAt > maxAge * 1000;
}

function mustConsent({ prompts, scope }: AuthorizationRequest, client: Client, session: Session) {
  if (prompts.has('consent')) return true;
  return !client.impliedConsent && !hasConsented(session, client, scope);
}

/** Why there is no code: too long a request, codes that wait for their exchange, or a full record. */
function refusedCode(refusal: Refusal): Problem {
  if (refusal.refused !== 'limit_reached') return LOGIN;
  if (refusal.limit === 'properties') return TOO_LONG;
  return refusal.limit === 'tickets' ? TOO_MANY : FULL;
}

const LOGIN = problem(400, 'login_required', 'The request requires login.');
const FULL = problem(400, 'login_required', 'The session has no room for a code: sign in again.');
const TOO_MANY = problem(400, 'temporarily_unavailable', 'Too many codes wait for their exchange');
const CONSENT = problem(400, 'consent_required', 'The request requires consent.');
const DENIED = problem(400, 'access_denied', 'Resource Owner did not authorize the request');
const BAD_HINT = problem(400, 'invalid_request', 'The id_token_hint is invalid');
