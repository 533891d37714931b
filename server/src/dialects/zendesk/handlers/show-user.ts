/**
 * `GET users/:user`: who a person is. `users/me` is for everybody, and carries the authenticity token
 * (fact sheet C.4).
 */

import type { Route } from '../../dialect.ts';
import { authenticityTokenOf } from '../authenticity.ts';
import type { Context } from '../context.ts';
import { readLast } from '../decode.ts';
import { ANONYMOUS_USER, userObject } from '../encode.ts';
import { endpoint, openEndpoint } from '../endpoint.ts';
import { targetOf } from '../target.ts';

export function createShowMe(context: Context): Route['handle'] {
  return openEndpoint(context, async ({ request, caller }) => {
    const user = caller.by === 'nobody' ? ANONYMOUS_USER : userObject(caller.person, request);
    const authenticity_token = authenticityTokenOf(context, caller);
    return { body: { user: { ...user, authenticity_token } } };
  });
}

export function createShowUser(context: Context): Route['handle'] {
  return endpoint(context, async ({ request, caller }) => {
    const target = await targetOf(context, caller, readLast(request, 'user'));
    return 'status' in target ? target : { body: { user: userObject(target.person, request) } };
  });
}
