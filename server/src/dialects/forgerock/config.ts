/**
 * The options of the forgerock dialect.
 */

import { z } from 'zod';
import { count, name, text } from '../../config/values.ts';

const page = z
  .strictObject({
    callbacks: z
      .array(z.enum(['username', 'password']))
      .min(1)
      .describe('What the page asks for, in this order.'),
    stage: text('What a client knows the page by. Default: none.').optional(),
    header: text('The title of the page. Default: none.').optional(),
    description: text('What stands under the title. Default: none.').optional(),
  })
  .describe('What is asked in one step.');

const journey = z
  .strictObject({
    pages: z
      .array(page)
      .min(1)
      .describe('The steps. Default: one page with user name and password.')
      .prefault([{ callbacks: ['username', 'password'] }]),
    zero_page: z
      .boolean()
      .describe(
        'Whether X-OpenAM-Username and X-OpenAM-Password may answer the pages. Default: true.',
      )
      .default(true),
  })
  .refine(({ pages }) => asksOnce(pages, 'username') && asksOnce(pages, 'password'), {
    message: 'expected pages that ask for the user name once and for the password once',
    path: ['pages'],
  })
  // What is typed before the last page travels in the authId, which anybody can read.
  .refine(({ pages }) => pages.at(-1)?.callbacks.includes('password'), {
    message: 'expected the password on the last page',
    path: ['pages'],
  })
  .describe('A way to sign in.');

const journeys = z
  .record(name('The name that clients ask for, as the service of authIndexValue.'), journey)
  .describe('The ways to sign in, by name. Default: Login and PasswordGrant, of one page each.')
  .prefault({ Login: {}, PasswordGrant: {} });

const goto = z
  .string()
  .max(1024)
  .refine(
    (written) => /^https?:[^*]*\*?$/i.test(written) && URL.canParse(written.replace('*', '')),
    {
      error:
        'an address such as https://app.example.com/, or https://app.example.com/* with all below',
    },
  );

function propertyNames(doc: string) {
  return z.array(name('The name of a session property.')).max(100).describe(doc);
}

export const schema = z
  .strictObject({
    context_path: z
      .string()
      .regex(/^(?:\/[A-Za-z0-9._-]{1,64}){0,8}$/, {
        error: 'a path such as /am or /openam, or empty for none',
      })
      .describe('What stands before /json in all paths. Default: /am.')
      .default('/am'),
    top_realm: name(
      'The realm of a path that names none, or root. Default: the only realm, if there is just one; ' +
        'none otherwise.',
    ).optional(),
    cookie_name: name(
      'The session cookie, and the request header that is named after it. Default: iPlanetDirectoryPro.',
    ).default('iPlanetDirectoryPro'),
    secure_cookie: z
      .boolean()
      .describe(
        'Mark the session cookie Secure even when a request came over plain HTTP, as behind a proxy ' +
          'that ends TLS. Over https it always is. Default: false.',
      )
      .default(false),
    http_only_body: z
      .enum(['first', 'always'])
      .describe(
        'When the body of a sign-in holds the token beside the cookie: unless the request has a ' +
          'session in its cookie already, as AM since 7.2.1, so that no script reads what the ' +
          'browser hides; or always, as AM before, and where its "Stops sending tokenId" is off. ' +
          'Default: first.',
      )
      .default('first'),
    success_url: text(
      'The successUrl of a sign-in: where a browser goes next. Default: /am/console.',
    ).default('/am/console'),
    failure_url: text(
      'The failureUrl of a sign-in that failed: where a browser goes next. Default: none.',
    ).optional(),
    default_version: z
      .enum(['latest', 'oldest', 'none'])
      .describe(
        'The version of a resource for a request that asks for none; none refuses it. Default: latest.',
      )
      .default('latest'),
    warning_header: z
      .boolean()
      .describe('Whether such a request is warned, with the header Warning. Default: true.')
      .default(true),
    journeys,
    default_journey: name(
      'The journey of a request that asks for none. Default: Login, or the first.',
    ).optional(),
    session_properties: propertyNames(
      'The session properties that clients may read, and set where they are not protected. ' +
        'Default: none.',
    ).default([]),
    returned_properties: propertyNames(
      'The session properties that getSessionInfo returns. Default: AMCtxId.',
    ).default(['AMCtxId']),
    protected_properties: propertyNames(
      'The session properties that no client sets; none of those that AM sets itself ever is. ' +
        'Default: none.',
    ).default([]),
    session_list_size: count('Sessions that a query finds at most. Default: 120.', 1, 1000).default(
      120,
    ),
    valid_gotos: z
      .array(goto)
      .max(100)
      .describe(
        'The places beside its own paths that a sign-out may send a browser to. Default: none.',
      )
      .default([]),
  })
  .refine(
    ({ default_journey, journeys }) =>
      default_journey === undefined || Object.hasOwn(journeys, default_journey),
    { message: 'expected the name of a journey', path: ['default_journey'] },
  )
  .refine(({ journeys }) => Object.keys(journeys).length > 0, {
    message: 'expected at least one journey',
    path: ['journeys'],
  })
  .describe('The REST interface of ForgeRock and Ping AM for sessions.');

export type Config = z.output<typeof schema>;
export type Journey = z.output<typeof journey>;
export type Page = Journey['pages'][number];

function asksOnce(pages: readonly { callbacks: readonly string[] }[], what: string): boolean {
  return pages.flatMap(({ callbacks }) => callbacks).filter((one) => one === what).length === 1;
}
