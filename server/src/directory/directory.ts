/**
 * The directory port: who people are, and whether a password is theirs.
 *
 * A realm is a separate population. A login is whatever a person types to be recognised: user name
 * or e-mail address, compared without regard to case.
 */

export type Role = 'user' | 'agent' | 'administrator';

export interface Person {
  readonly realm: string;
  /** Stable for ever, and what sessions are filed under. */
  readonly subject: string;
  readonly username: string;
  readonly email: string | null;
  readonly names: { readonly en: string; readonly ar: string | null };
  readonly mobile: string | null;
  readonly role: Role;
  readonly active: boolean;
}

export interface NewPerson {
  readonly realm: string;
  readonly username: string;
  readonly password: string;
  readonly email?: string | null;
  readonly names?: { readonly en: string; readonly ar?: string | null };
  readonly mobile?: string | null;
  readonly role?: Role;
}

export interface Directory {
  /** Whom a login stands for; undefined for nobody. Says nothing of the password. */
  resolve(realm: string, login: string): Promise<Person | undefined>;

  /** The person under a subject, inactive ones included. */
  find(realm: string, subject: string): Promise<Person | undefined>;

  /**
   * The person whose login and password these are. Undefined for a wrong password, an unknown
   * login and an inactive person alike, after the same work in each case.
   * @throws DirectoryBusy when too many checks are waiting already.
   */
  authenticate(realm: string, login: string, password: string): Promise<Person | undefined>;

  /** @throws DirectoryRefusal when the login is taken, a value is unfit, or it is not confirmed. */
  add(person: NewPerson, confirm?: Confirm): Promise<Person>;

  /** @throws DirectoryRefusal when there is no such person, or as `add`. */
  setPassword(realm: string, subject: string, password: string, confirm?: Confirm): Promise<void>;
}

/**
 * Whether whoever asked may still do so. Asked when the password has been hashed, which can take a
 * while under load, right before anything is written.
 */
export type Confirm = () => Promise<boolean>;

/** A change that the directory does not accept; the message is for the administrator. */
export class DirectoryRefusal extends Error {
  override readonly name = 'DirectoryRefusal';
}

/** More password checks are waiting than the directory takes; try again in a moment. */
export class DirectoryBusy extends Error {
  override readonly name = 'DirectoryBusy';
}
