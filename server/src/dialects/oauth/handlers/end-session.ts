/**
 * Logout by the client (OpenID Connect RP-Initiated Logout 1.0), on the proof of an ID token.
 */

import type { Context, Handle } from '../context.ts';
import { readBrowserCall } from '../decode.ts';
import { problem, problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { readIdToken } from '../id-token.ts';

export function createEndSession({ services, clients }: Context): Handle {
  const { sessions, keyring } = services;

  return async (request, realm) => {
    const call = readBrowserCall(request);
    if ('error' in call) return problemAnswer(call);
    const hint = call.values.get('id_token_hint');
    if (hint === undefined) {
      return problemAnswer(problem(400, 'invalid_request', 'Missing parameter: id_token_hint'));
    }
    const named = readIdToken(keyring, hint);
    if (!named || !clients.find(realm, named.aud)) {
      return problemAnswer(problem(400, 'invalid_request', 'The id_token_hint is invalid'));
    }
    const found = await sessions.inspect(named.sid);
    if (found?.session.realm === realm) {
      await sessions.endSession(found.session, { reason: 'signed_out', by: 'user' });
    }
    // Whoever was signed out before is signed out.
    return { status: 204, headers: ANSWER_HEADERS, body: '' };
  };
}
