/**
 * The options of the forgerock dialect.
 */

import { z } from 'zod';
import { name, text } from '../../config/values.ts';

export const schema = z
  .strictObject({
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
    success_url: text(
      'The successUrl of a sign-in: where a browser goes next. Default: /am/console.',
    ).default('/am/console'),
  })
  .describe('The REST interface of ForgeRock and Ping AM for sessions.');

export type Config = z.output<typeof schema>;
