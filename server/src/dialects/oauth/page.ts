/**
 * The page for authorization requests that cannot be answered by a redirect.
 */

import type { WireAnswer } from '../dialect.ts';
import type { Problem } from './errors.ts';

export function problemPage({ status, error, description }: Problem): WireAnswer {
  return {
    status,
    headers: {
      'Content-Type': 'text/html;charset=UTF-8',
      'Cache-Control': 'no-store',
      Pragma: 'no-cache',
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
    },
    body:
      '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">' +
      '<title>OAuth2 Error Page</title></head><body><main><h1>OAuth2 Error Page</h1>' +
      `<p><code>${escaped(error)}</code></p><p>${escaped(description)}</p></main></body></html>\n`,
  };
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES.get(letter) ?? '');
}
