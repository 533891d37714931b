/**
 * The page on which people sign in.
 */

import { type Html, html } from './html.ts';
import { type Language, TEXTS } from './language.ts';
import type { Page } from './page.ts';

export interface SignInPage {
  readonly language: Language;
  /** Where the form goes. */
  readonly action: string;
  /** What the form brings back beside what is typed. */
  readonly form: string;
  /** The application that the person comes from, by a name that people know. */
  readonly client: string;
  /** What the name field begins with. */
  readonly login: string;
  /** What went wrong, in the person's language. */
  readonly alert?: string | undefined;
}

export function signInPage(ask: SignInPage): Pick<Page, 'language' | 'title' | 'body'> {
  const { language, action, form, client, login, alert } = ask;
  const { signIn, username, password } = TEXTS[language];
  // Whoever has typed a name has a password to type.
  const onName = login === '';
  const body = html`<h1>${signIn.title}</h1>
<p class="quiet">${signIn.forClient(client)}</p>
${alertBox(alert)}
<form method="post" action="${action}">
<input type="hidden" name="form" value="${form}">
<label for="username">${username}</label>
<input id="username" name="username" value="${login}" autocomplete="username" required
 maxlength="128" autocapitalize="none" spellcheck="false" dir="auto"
 ${wrongField(alert)}${onName && AUTOFOCUS}>
<label for="password">${password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="1024" ${wrongField(alert)}${!onName && AUTOFOCUS}>
<button>${signIn.submit}</button>
</form>`;
  return { language, title: signIn.title, body };
}

/** Stands before the fields, so that it is read before them. */
export function alertBox(alert: string | undefined): Html {
  return alert === undefined ? html`` : html`<div role="alert" id="alert"><p>${alert}</p></div>`;
}

/** Ties a field to the alert. */
export function wrongField(alert: string | undefined): Html {
  return alert === undefined ? html`` : html`aria-invalid="true" aria-describedby="alert" `;
}

export const AUTOFOCUS = html`autofocus`;
