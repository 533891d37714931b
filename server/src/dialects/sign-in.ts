/**
 * Sign-in with a password, the same for every dialect that has one.
 *
 * The epoch is read before the password is checked: whoever is signed out everywhere while the
 * check runs is not let in by it.
 */

import type { Person } from '../directory/directory.ts';
import { isRefusal } from '../engine/refusal.ts';
import type { OpenAsk } from '../sessions/sessions.ts';
import type { Services } from './dialect.ts';

export interface Authenticated {
  readonly person: Person;
  /** To be handed to `sessions.open`. */
  readonly epoch: number;
}

/**
 * Undefined for a wrong password, an unknown login and an inactive person alike.
 * @throws DirectoryBusy, StoreFault: try again.
 */
export async function authenticate(
  { sessions, directory }: Services,
  realm: string,
  login: string,
  password: string,
): Promise<Authenticated | undefined> {
  const known = await directory.resolve(realm, login);
  // An unknown login costs the same read.
  const epoch = await sessions.epoch(realm, known?.subject ?? login);
  const person = await directory.authenticate(realm, login, password);
  return person && { person, epoch };
}

/** What a dialect adds to the person and the epoch. */
export type SignInAsk = Omit<OpenAsk, 'realm' | 'subject' | 'epoch'>;

/** Signs a person in: undefined when the password was wrong, or everything was just ended. */
export async function signIn(
  services: Services,
  login: { readonly realm: string; readonly login: string; readonly password: string },
  ask: SignInAsk,
  kind?: string,
) {
  const found = await authenticate(services, login.realm, login.login, login.password);
  if (!found) return undefined;
  const { person, epoch } = found;
  const { realm, subject } = person;
  const opened = await services.sessions.open({ ...ask, realm, subject, epoch }, kind);
  if (isRefusal(opened)) {
    if (opened.refused === 'epoch_moved') return undefined;
    return opened;
  }
  return { ...opened, person };
}
