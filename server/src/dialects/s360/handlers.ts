/**
 * What each operation does: an answer's data, or what is wrong.
 */

import type { Child, Session } from '../../engine/session.ts';
import type { Route, WireRequest } from '../dialect.ts';
import type { Context } from './context.ts';
import { createApiKeyCheck, tokenOf } from './decode.ts';
import { type Problem, refused } from './errors.ts';
import { type Pair, writePair } from './shape.ts';

export interface Handlers {
  readonly renew: Route['handle'];
  readonly logout: Route['handle'];
}

/** Where a request's pair leads. */
interface Found {
  readonly session: Session;
  readonly child: Child;
  readonly pair: Pair;
}

export function createHandlers(context: Context): Handlers {
  const { services, config, answers, contextTokens } = context;
  const { sessions, directory } = services;
  const hasApiKey = createApiKeyCheck(config);

  /** `touch` resets the idle clock, `look` leaves it alone. */
  async function find(request: WireRequest, how: 'touch' | 'look'): Promise<Found | Problem> {
    const token = tokenOf(request);
    if (typeof token === 'string') return token;
    const outcome = await sessions[how](token, config.realm);
    if ('refused' in outcome) return refused(outcome);
    const { session, child } = outcome;
    return child ? { session, child, pair: writePair(token) } : 'invalid_pair';
  }

  /** Profiles are read again each time, so that every JWT is current. */
  async function renew(request: WireRequest): Promise<object | Problem> {
    const found = await find(request, 'touch');
    if (typeof found === 'string') return found;
    const { session, child, pair } = found;
    const person = await directory.find(session.realm, session.subject);
    if (!person?.active) return 'invalid_pair';
    const accessToken = contextTokens.mint(child, person, pair);
    return accessToken === undefined ? 'system_not_allowed' : { accessToken };
  }

  async function logout(request: WireRequest): Promise<object | Problem> {
    const found = await find(request, 'look');
    if (typeof found === 'string') return found;
    const why = { reason: 'signed_out', by: 'user' } as const;
    const outcome = await sessions.endSession(found.session, why);
    return 'refused' in outcome ? refused(outcome) : {};
  }

  function answering(serve: (request: WireRequest) => Promise<object | Problem>): Route['handle'] {
    return async (request) => {
      if (!hasApiKey(request)) return answers.developerInactive(request);
      const outcome = await serve(request);
      if (typeof outcome !== 'string') return answers.success(request, outcome);
      const status = outcome === 'invalid_request' ? config.unparsable_status : undefined;
      return answers.problem(request, outcome, status);
    };
  }

  return { renew: answering(renew), logout: answering(logout) };
}
