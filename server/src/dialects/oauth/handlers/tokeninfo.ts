/**
 * AM's own endpoint for what an access token is, older than introspection: whoever holds a token may
 * ask about it.
 */

import { jsonAnswer, queryValue } from '../../answers.ts';
import type { WireRequest } from '../../dialect.ts';
import type { Context, Handle } from '../context.ts';
import { tokenInfoBody } from '../encode.ts';
import { ANSWER_HEADERS } from '../headers.ts';
import { challenge, openShown, readShown, type Shown } from '../shown-token.ts';

export function createTokeninfo(context: Context): Handle {
  const { clock } = context.services;

  return async (request, realm) => {
    const shown = readShown(request) ?? inQuery(request);
    if (!shown) return challenge(realm);
    const access = await openShown(context, request, realm, shown);
    if ('error' in access) return challenge(realm, shown.scheme, access);
    return jsonAnswer(200, tokenInfoBody(access, shown.text, realm, clock.now()), ANSWER_HEADERS);
  };
}

/** As AM's clients send it. */
function inQuery(request: WireRequest): Shown | undefined {
  const text = queryValue(request, 'access_token');
  return text ? { scheme: 'bearer', text } : undefined;
}
