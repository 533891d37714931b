/**
 * Sign-in with a password, the same for every dialect that has one.
 *
 * The epoch is read before the password is checked: whoever is signed out everywhere while the
 * check runs is not let in by it.
 */

import type { Person, Verdict } from '../directory/directory.ts';
import { isRefusal, type Refusal } from '../engine/refusal.ts';
import type { OpenAsk, Sessions } from '../sessions/sessions.ts';
import type { Services } from './dialect.ts';

/** A person who has proved who they are. */
export interface Authenticated {
  readonly person: Person;
  /** To be handed to `sessions.open`. */
  readonly epoch: number;
}

type Right = Extract<Verdict, { verdict: 'right' }>;
type Opened = Exclude<Awaited<ReturnType<Sessions['open']>>, Refusal>;

/** A session that was opened, or the verdict that stood in the way. */
export type SignedIn = (Right & Opened) | Exclude<Verdict, Right>;

/**
 * What a login and a password come to; all but `right` lets nobody in.
 * @param address The client's.
 * @throws DirectoryBusy, StoreFault: try again.
 */
export async function authenticate(
  { sessions, directory }: Services,
  realm: string,
  login: string,
  password: string,
  address: string,
): Promise<Verdict & { readonly epoch: number }> {
  const known = await directory.resolve(realm, login);
  // An unknown login costs the same read.
  const epoch = await sessions.epoch(realm, known?.subject ?? login);
  const verdict = await directory.authenticate(realm, login, password, address);
  return { ...verdict, epoch };
}

/** How somebody has signed in who typed their password (RFC 8176). */
export const BY_PASSWORD = ['pwd'];

/** What somebody typed, and where they are. */
export interface Login {
  readonly realm: string;
  readonly login: string;
  readonly password: string;
  readonly address: string;
}

/** What a dialect adds to the person and the epoch. */
export type SignInAsk = Omit<OpenAsk, 'realm' | 'subject' | 'epoch'>;

/** Signs a person in. Whoever was signed out everywhere meanwhile is as wrong as can be. */
export async function signIn(
  services: Services,
  { realm, login, password, address }: Login,
  ask: SignInAsk,
  kind?: string,
): Promise<SignedIn | Refusal> {
  const found = await authenticate(services, realm, login, password, address);
  if (found.verdict !== 'right') return found;
  const { epoch, ...right } = found;
  const { subject } = right.person;
  const opened = await services.sessions.open(
    { ...ask, realm, subject, epoch, methods: BY_PASSWORD },
    kind,
  );
  if (!isRefusal(opened)) return { ...right, ...opened };
  return opened.refused === 'epoch_moved' ? { verdict: 'wrong' } : opened;
}
