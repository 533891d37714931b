/**
 * The paths of Zendesk that are served, each with and without `.json`.
 */

import type { Method, Route } from '../dialect.ts';
import type { Context } from './context.ts';
import { createDeleteSession, createDeleteSessions } from './handlers/delete-sessions.ts';
import { createListSessions, createListSessionsOf } from './handlers/list-sessions.ts';
import { createLogout } from './handlers/logout.ts';
import { createRenew } from './handlers/renew.ts';
import { createShowHelpCenterSession } from './handlers/show-help-center-session.ts';
import { createShowCurrentSession, createShowSession } from './handlers/show-session.ts';
import { createShowMe, createShowUser } from './handlers/show-user.ts';

export const API = '/api/v2';

/** `me` stands wherever a number of a person does. */
const USER = `${API}/users/:user`;

export function createRoutes(context: Context): readonly Route[] {
  const logout = createLogout(context);
  const session = `${USER}/sessions/:session`;
  return [
    ...route('GET', `${API}/users/me/session/renew`, 'renew', createRenew(context)),
    ...route(
      'GET',
      `${API}/users/me/session`,
      'show current session',
      createShowCurrentSession(context),
    ),
    ...route('GET', `${API}/users/me`, 'show me', createShowMe(context)),
    ...route('GET', `${API}/sessions`, 'list sessions', createListSessions(context)),
    ...route(
      'GET',
      `${API}/help_center/sessions`,
      'show help center session',
      createShowHelpCenterSession(context),
    ),
    ...route('GET', `${USER}/sessions`, 'list sessions of user', createListSessionsOf(context)),
    ...route('DELETE', `${USER}/sessions`, 'delete sessions', createDeleteSessions(context)),
    ...route('DELETE', `${USER}/logout`, 'logout', logout),
    ...route('GET', `${USER}/logout`, 'logout', logout),
    // Where a parameter ends the path, the suffix is a part of it.
    ...route('GET', USER, 'show user', createShowUser(context), ['']),
    ...route('GET', session, 'show session', createShowSession(context), ['']),
    ...route('DELETE', session, 'delete session', createDeleteSession(context), ['']),
  ];
}

function route(
  method: Method,
  path: string,
  name: string,
  handle: Route['handle'],
  suffixes: readonly string[] = ['', '.json'],
): Route[] {
  return suffixes.map((suffix) => {
    return { method, path: path + suffix, name: `zendesk ${name}`, handle };
  });
}
