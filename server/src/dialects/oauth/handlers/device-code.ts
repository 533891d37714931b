/**
 * The device authorization endpoint (RFC 8628, section 3.1): two codes, one for the device and one
 * for its person.
 */

import { jsonAnswer } from '../../answers.ts';
import { readChallenge, scopeFor } from '../authorization-request.ts';
import { readClientCall } from '../client-call.ts';
import { DEVICE_GRANT } from '../clients.ts';
import type { Context, Handle } from '../context.ts';
import { keepDevice } from '../device.ts';
import { problem, problemAnswer } from '../errors.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { ENDPOINTS, issuerOf } from '../issuer.ts';

export function createDeviceCode(context: Context): Handle {
  const { config } = context;

  return async (request, realm) => {
    const call = await readClientCall(context, request, realm, () => ({}));
    if ('error' in call) return problemAnswer(call);
    const { client, form } = call;
    if (!client.grantTypes.has(DEVICE_GRANT)) return problemAnswer(NOT_AUTHORIZED);
    const scope = scopeFor(client, form.get('scope'));
    if ('error' in scope) return problemAnswer(scope);
    const pkce = readChallenge(form.get('code_challenge'), form.get('code_challenge_method'));
    if ('error' in pkce) return problemAnswer(pkce);
    const { deviceCode, userCode } = await keepDevice(context, realm, client, {
      scope: scope.words,
      challenge: pkce.challenge ?? null,
      origin: request.origin,
    });
    const uri = issuerOf(config, realm, request.origin) + ENDPOINTS['device user'].path;
    const body = {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: uri,
      // As AM called it before there was a standard.
      verification_url: uri,
      verification_uri_complete: `${uri}?user_code=${userCode}`,
      interval: Math.ceil(config.device_interval / 1000),
      expires_in: Math.floor(config.device_code_life / 1000),
    };
    return jsonAnswer(200, body, ANSWER_HEADERS);
  };
}

const NOT_AUTHORIZED = problem(
  400,
  'unauthorized_client',
  'The authenticated client is not authorized to use this authorization grant type.',
);
