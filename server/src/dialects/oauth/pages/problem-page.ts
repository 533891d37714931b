/**
 * The page for requests that cannot be answered by a redirect.
 */

import type { WireAnswer, WireRequest } from '../../dialect.ts';
import type { Config } from '../config.ts';
import type { Problem } from '../errors.ts';
import { html } from './html.ts';
import { languageOf, TEXTS } from './language.ts';
import { pageAnswer } from './page.ts';

export function problemPage(
  config: Config,
  request: WireRequest,
  { status, error, description, headers = {} }: Problem,
): WireAnswer {
  const language = languageOf(request, request.query.get('ui_locales')?.[0]);
  const { title, advice } = TEXTS[language].problem;
  const body = html`<h1>${title}</h1>
<p>${advice}</p>
<p class="quiet" lang="en" dir="ltr"><code>${error}</code>: ${description}</p>`;
  // AM's title, by which scripts know the page.
  return pageAnswer(config, { status, language, title: 'OAuth2 Error Page', body, headers });
}
