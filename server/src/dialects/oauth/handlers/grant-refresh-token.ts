/**
 * Grant type `refresh_token` (RFC 6749, section 6): a renewal under the retry rule.
 */

import type { WireRequest } from '../../dialect.ts';
import type { Context, GrantType } from '../context.ts';
import { readScope } from '../decode.ts';
import { tokenAnswer } from '../encode.ts';
import { problem, problemAnswer, refused } from '../errors.ts';
import { bindingOf } from '../sender.ts';
import { refreshShape } from '../shape.ts';

export function createRefreshTokenGrant(context: Context): GrantType {
  const { sessions } = context.services;

  return async ({ request, realm, form, client, cnf }) => {
    const text = form.get('refresh_token');
    if (text === undefined) {
      return problemAnswer(problem(400, 'invalid_request', "Missing parameter, 'refresh_token'"));
    }
    const token = refreshShape.read(text);
    if (!token) return refused({ refused: 'unknown_token' });
    const asked = readScope(form.get('scope'));
    const rotated = await sessions.rotate(token, {
      realm,
      client: client.id,
      binding: bindingOf(client, cnf),
      scope: asked ?? null,
      restMs: client.restMs,
    });
    // What has ended was genuine once, and has an owner, who may read on.
    const why = 'end' in rotated ? whyUrl(context, request, { realm, id: token.id }) : undefined;
    if ('refused' in rotated) return refused(rotated, why);
    // The grant keeps its full scope, and the ID token names no nonce again.
    const scope = asked ?? rotated.grant.scope;
    const { rested } = rotated;
    const ask = { scope, nonce: undefined, cnf, rested };
    return tokenAnswer(context, request, client, rotated, ask);
  };
}

function whyUrl(
  { services, config }: Context,
  { origin }: WireRequest,
  session: Parameters<Context['services']['whyPath']>[0],
): string | undefined {
  const path = services.whyPath(session);
  return path === undefined ? undefined : (config.base_url ?? origin) + path;
}
