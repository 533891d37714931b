/**
 * A form with a decision to be made: yes or no.
 */

import { type Html, html } from './html.ts';

export interface ConfirmForm {
  /** Where it goes. */
  readonly action: string;
  /** What it brings back beside the decision. */
  readonly form: string;
  readonly yes: string;
  readonly no: string;
  /** Stands above the buttons. */
  readonly more?: Html;
}

/** The decision comes back as `decision`, in AM's words: `allow` or `deny`. */
export function confirmForm({ action, form, yes, no, more }: ConfirmForm): Html {
  return html`<form method="post" action="${action}">
<input type="hidden" name="form" value="${form}">
${more}
<button name="decision" value="allow">${yes}</button>
<button name="decision" value="deny" class="second">${no}</button>
</form>`;
}
