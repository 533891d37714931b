/**
 * The pages on which a person connects a device (RFC 8628, section 3.3).
 */

import type { Person } from '../../../directory/directory.ts';
import { type ConfirmForm, confirmForm } from './confirm-form.ts';
import { html } from './html.ts';
import { type Language, TEXTS } from './language.ts';
import { nameOf } from './log-out-page.ts';
import type { Page } from './page.ts';
import { type Described, scopeList } from './scope-list.ts';
import { AUTOFOCUS, alertBox, wrongField } from './sign-in-page.ts';

export interface DeviceEntry extends Pick<ConfirmForm, 'action' | 'form'> {
  readonly language: Language;
  /** What the field begins with. */
  readonly userCode: string;
  /** What went wrong, in the person's language. */
  readonly alert?: string | undefined;
}

export function deviceEntryPage(ask: DeviceEntry): Pick<Page, 'language' | 'title' | 'body'> {
  const { language, action, form, userCode, alert } = ask;
  const { title, ask: text, code, submit } = TEXTS[language].device;
  const body = html`<h1>${title}</h1>
<p>${text}</p>
${alertBox(alert)}
<form method="post" action="${action}">
<input type="hidden" name="form" value="${form}">
<label for="user_code">${code}</label>
<input id="user_code" name="user_code" value="${userCode}" class="code" autocomplete="off" required
 maxlength="32" autocapitalize="none" spellcheck="false" dir="ltr" ${wrongField(alert)}${AUTOFOCUS}>
<button>${submit}</button>
</form>`;
  return { language, title, body };
}

export interface DeviceConfirm extends Pick<ConfirmForm, 'action' | 'form'> {
  readonly language: Language;
  /** The application's name. */
  readonly client: string;
  /** Who is signed in; undefined when nobody knows the name any more. */
  readonly person: Person | undefined;
  readonly userCode: string;
  readonly scope: readonly string[];
  readonly described: Described;
}

/** The person compares the code, wherever it came from (section 3.3.1). */
export function deviceConfirmPage(ask: DeviceConfirm): Page {
  const { language, action, form, client, person, userCode, scope, described } = ask;
  const { device, signedInAs } = TEXTS[language];
  const { title, text, warning, yes, no } = device.confirm;
  const body = html`<h1>${title}</h1>
${person && html`<p class="quiet">${signedInAs(nameOf(person, language))}</p>`}
<p>${text(client)}</p>
<p class="code">${userCode}</p>
${scopeList(language, scope, described)}
<p>${warning}</p>
${confirmForm({ action, form, yes, no })}`;
  return { status: 200, language, title, body };
}
