/**
 * The options of the zendesk dialect.
 */

import { z } from 'zod';
import { count, duration, hosts, name, secret, text, tokenLife } from '../../config/values.ts';

const apiToken = z.strictObject({
  token: secret('What clients send as the password, after `email/token` as the user name.'),
  email: text(
    'The one person who may be named with it; an administrator must be. Default: anybody else.',
  ).optional(),
});

/** What Zendesk lets an administrator choose (fact sheet C.5). */
const IDLE = { from: '5m', to: '14d' } as const;

export const schema = z
  .strictObject({
    realm: name(
      'Whose people sign in here; the API has no realms of its own. Default: alpha.',
    ).default('alpha'),
    hosts: hosts('The hosts at which it is served. Default: every host.'),
    agent_idle: duration(
      'How long the session of an agent or administrator who signed in here may rest. Default: 60m.',
      IDLE,
    ).prefault('60m'),
    end_user_idle: duration(
      'How long the session of an end user who signed in here may rest. Default: 8h.',
      IDLE,
    ).prefault('8h'),
    max_life: tokenLife(
      'When a session that was opened here ends, however much it is used. Default: 14d.',
      { from: '5m', to: '365d' },
    ).prefault('14d'),
    every_request_renews: z
      .boolean()
      .describe(
        'Whether every request with the session cookie resets the idle clock. Otherwise only renew ' +
          'does, and a request with the header X-Zendesk-Renew-Session. Default: true.',
      )
      .default(true),
    api_tokens: z
      .array(apiToken)
      .max(1000)
      .describe('The API tokens that are accepted under Basic authentication. Default: none.')
      .default([]),
    others_forbidden_to: z
      .enum(['nobody', 'agents', 'everybody'])
      .describe(
        "Who is told 403 when asking for another person's sessions without being an " +
          'administrator; the rest are told 404, as if there were none. Default: agents.',
      )
      .default('agents'),
    session_member: z
      .enum(['object', 'array'])
      .describe(
        'What `session` is when one is shown: an object, as clients read it, or an array of one, ' +
          'as the manual prints it. Default: object.',
      )
      .default('object'),
    rate_limit: count(
      'Requests a minute of one caller: a session, a person under Basic authentication, an ' +
        'application with an access token, an address that is nobody. Counted by each process for ' +
        'itself. 0: no limit. Default: 2500.',
      0,
      1_000_000,
    ).default(2500),
    secure_cookie: z
      .boolean()
      .describe(
        'Mark the cookies Secure even when a request came over plain HTTP, as behind a proxy that ' +
          'ends TLS. Over https they always are. Default: false.',
      )
      .default(false),
    same_site: z
      .enum(['Strict', 'Lax', 'None'])
      .describe('The SameSite attribute of the cookies. Default: Lax.')
      .default('Lax'),
  })
  .describe('Sessions of the Zendesk Support API.');

export type Config = z.output<typeof schema>;
