/**
 * Grant type `password` (RFC 6749, section 4.3), which RFC 9700 forbids, for clients that are
 * registered with `insecure_password_grant`: signs the person in, for this grant alone.
 */

import { signIn } from '../../sign-in.ts';
import { scopeFor } from '../authorization-request.ts';
import type { Context, GrantType } from '../context.ts';
import { tokenAnswer } from '../encode.ts';
import { type Problem, problem, problemAnswer, refused } from '../errors.ts';
import { grantAsk, originFacts } from '../grant.ts';
import { REFRESH_KIND } from '../shape.ts';

export function createPasswordGrant(context: Context): GrantType {
  const { services, config } = context;

  return async ({ request, realm, form, client, cnf }) => {
    const login = form.get('username');
    const password = form.get('password');
    if (login === undefined) return problemAnswer(missing('username'));
    if (password === undefined) return problemAnswer(missing('password'));
    const scope = scopeFor(client, form.get('scope'));
    if ('error' in scope) return problemAnswer(scope);
    const facts = originFacts(config, request.origin);
    const grant = grantAsk(config, client, { scope: scope.words, facts, isSignIn: true, cnf });
    const signedIn = await signIn(
      services,
      { realm, login, password, address: request.address },
      { origin: 'oauth', grant },
      REFRESH_KIND,
    );
    if ('refused' in signedIn) return refused(signedIn);
    if (signedIn.verdict !== 'right') return problemAnswer(VERDICTS[signedIn.verdict]);
    const { session, grant: made, token } = signedIn;
    if (!made || !token) throw new Error('a session that was opened with a grant has none');
    const issued = { session, grant: made, token };
    return tokenAnswer(context, request, client, issued, {
      scope: scope.words,
      nonce: undefined,
      cnf,
    });
  };
}

function missing(name: string): Problem {
  return problem(400, 'invalid_request', `Missing parameter, '${name}'`);
}

const VERDICTS = {
  wrong: problem(400, 'invalid_grant', 'Authentication failed'),
  locked: problem(400, 'invalid_grant', 'Too many attempts have failed: try again later'),
  expired: problem(400, 'invalid_grant', 'The password is too old, and must be changed first'),
};
