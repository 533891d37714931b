/** Owns how ends and what led to them are told to an operator, who is not the one who was signed out. */

import type { EndReason } from '../engine/end.ts';
import type { Note } from '../engine/session.ts';

/** A whole sentence for each reason. */
const SENTENCES = {
  signed_out: 'The user signed out.',
  signed_out_everywhere: 'The user signed out of all sessions.',
  ended_by_administrator: 'An administrator ended it.',
  password_changed: 'The password was changed, which ends all sessions.',
  idle_timeout: 'It was not used for longer than its idle time.',
  absolute_timeout: 'It reached its longest possible life.',
  token_replayed: 'A spent token was used again: somebody may have copied it.',
  code_replayed: 'An authorization code was used twice: somebody may have copied it.',
  revoked_by_client: 'The application gave its token back.',
  made_room: 'A newer one took its place at a limit.',
} as const satisfies Record<EndReason, string>;

/** Two words at most, for a column. */
const WORDS = {
  signed_out: 'signed out',
  signed_out_everywhere: 'all ended',
  ended_by_administrator: 'by an admin',
  password_changed: 'new password',
  idle_timeout: 'idle',
  absolute_timeout: 'full life',
  token_replayed: 'replay',
  code_replayed: 'replay',
  revoked_by_client: 'revoked',
  made_room: 'made room',
} as const satisfies Record<EndReason, string>;

const NOTES = {
  grant_opened: 'opened',
  grant_ended: 'ended',
  child_opened: 'opened, embedded',
  child_ended: 'ended, embedded',
  binding_refused: 'token of another device or key, refused',
  token_replayed: 'spent token used again',
  code_replayed: 'authorization code used twice',
} as const satisfies Record<Note['what'], string>;

/** @param end Of a newer server, perhaps: then what that says itself. */
export function sentenceOf(end: { readonly reason: string; readonly text: string }): string {
  return lookUp(SENTENCES, end.reason) ?? end.text;
}

export function wordOf(reason: string): string {
  return lookUp(WORDS, reason) ?? reason;
}

export function noteOf(what: string): string {
  return lookUp(NOTES, what) ?? what;
}

function lookUp(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
