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

const API = '/api/v2';

/** `me` stands wherever a number of a person does. */
const USER = `${API}/users/:user`;

export function createRoutes(context: Context): Route[] {
  const logout = createLogout(context);
  return [
    ...route('GET', `${API}/users/me/session/renew`, 'zendesk renew', createRenew(context)),
    ...route(
      'GET',
      `${API}/users/me/session`,
      'zendesk show current session',
      createShowCurrentSession(context),
    ),
    ...route('GET', `${API}/users/me`, 'zendesk show me', createShowMe(context)),
    ...route('GET', `${API}/sessions`, 'zendesk list sessions', createListSessions(context)),
    ...route(
      'GET',
      `${API}/help_center/sessions`,
      'zendesk show help center session',
      createShowHelpCenterSession(context),
    ),
    ...route(
      'GET',
      `${USER}/sessions`,
      'zendesk list sessions of user',
      createListSessionsOf(context),
    ),
    ...route(
      'DELETE',
      `${USER}/sessions`,
      'zendesk delete sessions',
      createDeleteSessions(context),
    ),
    ...route('DELETE', `${USER}/logout`, 'zendesk logout', logout),
    ...route('GET', `${USER}/logout`, 'zendesk logout', logout),
    // Where a parameter ends the path, the suffix is a part of it.
    { method: 'GET', path: USER, name: 'zendesk show user', handle: createShowUser(context) },
    {
      method: 'GET',
      path: `${USER}/sessions/:session`,
      name: 'zendesk show session',
      handle: createShowSession(context),
    },
    {
      method: 'DELETE',
      path: `${USER}/sessions/:session`,
      name: 'zendesk delete session',
      handle: createDeleteSession(context),
    },
  ];
}

function route(method: Method, path: string, name: string, handle: Route['handle']): Route[] {
  return ['', '.json'].map((suffix) => ({ method, path: path + suffix, name, handle }));
}
