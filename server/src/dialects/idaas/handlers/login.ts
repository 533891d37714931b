/**
 * Login: a person signs in on a device, and gets a session token that is bound to it.
 */

import { jsonAnswer, jsonBody } from '../../answers.ts';
import type { Route, Services } from '../../dialect.ts';
import { signIn } from '../../sign-in.ts';
import type { Clients } from '../clients.ts';
import type { Config } from '../config.ts';
import { deviceOf, passwordOf } from '../decode.ts';
import { expireOf, NOT_STORED, personIdToken } from '../encode.ts';
import { missing, problem, refused } from '../errors.ts';
import { grantFor } from '../grant.ts';
import { KIND, SESSION_TOKEN } from '../shape.ts';

export function createLogin(services: Services, config: Config, clients: Clients): Route['handle'] {
  return async (request) => {
    const device = deviceOf(request);
    if ('missing' in device) return missing(device.missing);
    const { client, binding } = device;
    if (!clients.isKnown(client)) return problem('unknown_client');
    const body = jsonBody(request);
    if (!body) return problem('unreadable_body');
    const ask = passwordOf(body);
    if ('missing' in ask) return missing(ask.missing);

    const login = { realm: config.realm, login: ask.user, password: ask.password };
    const opening = {
      origin: KIND,
      idleMs: config.session_idle,
      lifeMs: config.session_life,
      grant: grantFor(config, client, binding, true),
    };
    const opened = await signIn(services, login, opening, KIND);
    if (!opened) return problem('bad_credentials');
    if ('refused' in opened) return refused(opened);
    const { session, grant, token, person } = opened;
    if (!grant || !token) throw new TypeError('the session was opened without its grant');
    const answer = {
      session_token: SESSION_TOKEN.write(token),
      expire: expireOf(session, grant, services.clock.now()),
      status: 'SUCCESS',
      id_token: personIdToken(services, config, request.origin, { person, session, client }),
    };
    return jsonAnswer(200, answer, NOT_STORED);
  };
}
