/**
 * `GET sessions`: for administrators everybody's, for others their own. `GET users/:user/sessions`:
 * a person's.
 */

import type { Route } from '../../dialect.ts';
import type { Context } from '../context.ts';
import { endpoint } from '../endpoint.ts';
import { listSessions } from '../session-list.ts';
import { targetOf } from '../target.ts';

export function createListSessions(context: Context): Route['handle'] {
  return endpoint(context, async ({ request, caller: { person } }) =>
    listSessions(context, request, person.role === 'administrator' ? null : person),
  );
}

export function createListSessionsOf(context: Context): Route['handle'] {
  return endpoint(context, async ({ request, caller }) => {
    const target = await targetOf(context, caller, request.params.user ?? '');
    return 'status' in target ? target : listSessions(context, request, target.person);
  });
}
