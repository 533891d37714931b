/**
 * Cross-origin calls: what browsers are told of pages that come from elsewhere (Fetch, section 3.2).
 */

import type { Config } from '../config/load.ts';
import type { WireAnswer, WireRequest } from '../dialects/dialect.ts';

export interface Cors {
  /**
   * The answer to a page of a listed origin that asks what it may send; undefined for any other
   * request.
   * @param methods Those of the path, as an Allow header lists them.
   */
  preflight(request: WireRequest, methods: string): WireAnswer | undefined;
  /** An answer with what its browser must know before it shows it to a page of that origin. */
  share(answer: WireAnswer, origin: string | undefined): WireAnswer;
}

/** A day. Browsers keep to less: Chromium to two hours. */
const MAX_AGE_S = 86_400;

/** What is over this is left out, and the browser then refuses to send it. */
const ALLOWED_HEADERS_MAX = 100;

/** A header's name (RFC 9110, section 5.6.2), of a length that somebody may use. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** What a page sees without being told (Fetch, section 2.2.2), and what none ever sees. */
const NOT_TO_EXPOSE =
  /^(?:cache-control|content-(?:language|length|type)|expires|last-modified|pragma|set-cookie2?)$/i;

/** Undefined when no origin is listed. */
export function createCors({ origins }: Config['cors']): Cors | undefined {
  if (origins.length === 0) return undefined;
  const listed = new Set(origins);

  return {
    preflight({ method, headers }, methods) {
      const { origin = '', 'access-control-request-method': asked } = headers;
      if (method !== 'OPTIONS' || asked === undefined || !listed.has(origin)) return undefined;
      return preflightAnswer(methods, headers['access-control-request-headers'] ?? '');
    },

    share(answer, origin) {
      // A cache must not hand one origin what another was told, be it nothing.
      const headers = { ...answer.headers, ...varyOf(answer.headers) };
      if (origin === undefined || !listed.has(origin)) return { ...answer, headers };
      const exposed = Object.keys(answer.headers).filter(isToExpose).join(', ');
      return {
        ...answer,
        headers: {
          ...headers,
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Allow-Credentials': 'true',
          ...(exposed !== '' && { 'Access-Control-Expose-Headers': exposed }),
        },
      };
    },
  };
}

function preflightAnswer(methods: string, askedHeaders: string): WireAnswer {
  const names = askedHeaders.split(',').map((name) => name.trim());
  const allowed = names.filter((name) => NAME.test(name)).slice(0, ALLOWED_HEADERS_MAX);
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': methods,
      ...(allowed.length > 0 && { 'Access-Control-Allow-Headers': allowed.join(', ') }),
      'Access-Control-Max-Age': String(MAX_AGE_S),
    },
    body: '',
  };
}

/** The Vary header with `Origin` in it, under the name that it has in the answer. */
function varyOf(headers: WireAnswer['headers']): WireAnswer['headers'] {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'vary') ?? 'Vary';
  const said = [headers[name] ?? []].flat().filter((each) => each.trim() !== '');
  const isSaid = said.some((each) => /(?:^|,)\s*(?:\*|origin)\s*(?:,|$)/i.test(each));
  return isSaid ? {} : { [name]: [...said, 'Origin'].join(', ') };
}

function isToExpose(name: string): boolean {
  return !NOT_TO_EXPOSE.test(name) && !/^access-control-/i.test(name);
}
