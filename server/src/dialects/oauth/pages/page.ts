/**
 * The frame of every page, and the headers that go with it: nothing inline, no framing, and no
 * script, but for one that presses a button.
 */

import type { WireAnswer } from '../../dialect.ts';
import type { Config } from '../config.ts';
import { basePath } from '../issuer.ts';
import { type Html, html } from './html.ts';
import { type Language, TEXTS } from './language.ts';

export interface Page {
  readonly status: number;
  readonly language: Language;
  readonly title: string;
  readonly body: Html;
  /** Whether its form leads away from this server, by post or by redirect. */
  readonly leaves?: boolean;
  /** Whether it loads the script that presses its button. */
  readonly submits?: boolean;
  readonly headers?: WireAnswer['headers'];
}

export function pageAnswer(config: Config, page: Page): WireAnswer {
  const { status, language, title, body, leaves = false, submits = false } = page;
  const { dir, brand } = TEXTS[language];
  const files = basePath(config);
  const whole = html`<!DOCTYPE html>
<html lang="${language}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${files}${STYLESHEET_PATH}">
</head>
<body>
<header><span class="lamp" aria-hidden="true"></span><p class="brand">${brand}</p></header>
<main>
${body}
</main>
${submits && html`<script src="${files}${SUBMIT_PATH}"></script>`}
</body>
</html>
`;
  return {
    status,
    headers: {
      'Content-Type': 'text/html;charset=UTF-8',
      'Content-Language': language,
      'Content-Security-Policy': policyOf(leaves, submits),
      ...PAGE_HEADERS,
      ...page.headers,
    },
    body: whole.markup,
  };
}

/** Below `basePath`. */
export const STYLESHEET_PATH = '/pages/style.css';
export const SUBMIT_PATH = '/pages/submit.js';

export const PAGE_HEADERS: WireAnswer['headers'] = {
  'Cache-Control': 'no-store',
  Pragma: 'no-cache',
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/**
 * Chromium holds every redirect after a form to `form-action`, the client's own on from its
 * redirect URI included: whose form leads to a client has none.
 */
function policyOf(leaves: boolean, submits: boolean): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    ...(submits ? ["script-src 'self'"] : []),
    ...(leaves ? [] : ["form-action 'self'"]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
