/**
 * The directory port: who people are, and whether a password is theirs.
 *
 * A realm is a separate population. A login is whatever a person types to be recognised: user name
 * or e-mail address, compared without regard to case, or a mobile number that nobody else has.
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
  /** 53 bits, stable for ever, nobody else's in the realm: for protocols whose ids are numbers. */
  readonly number: number;
  /** Milliseconds since 1970; 0 when it is not known, and then the password never ends. */
  readonly passwordChangedAt: number;
}

/** What a login and a password came to. */
export type Verdict =
  | {
      readonly verdict: 'right';
      readonly person: Person;
      /** Milliseconds since 1970; null when it never does. */
      readonly passwordEndsAt: number | null;
      /** Whether that is so near that the person should be warned. */
      readonly isPasswordEnding: boolean;
    }
  /** The password is right, and too old to sign in with: only to be changed. */
  | { readonly verdict: 'expired'; readonly person: Person }
  /** Wrong password, unknown login and inactive person alike. */
  | { readonly verdict: 'wrong' }
  /** Too many failures; the password was not looked at. Milliseconds since 1970. */
  | { readonly verdict: 'locked'; readonly until: number };

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

  /** The person whom a number stands for, inactive ones included. */
  findByNumber(realm: string, number: number): Promise<Person | undefined>;

  /**
   * What a login and a password come to; `wrong` after the same work in every case.
   * @param address The client's, for the lockout, and for a fair turn at the hashes.
   * @throws DirectoryBusy when too many checks are waiting already.
   */
  authenticate(realm: string, login: string, password: string, address: string): Promise<Verdict>;

  /** @throws DirectoryRefusal when the login is taken, a value is unfit, or it is not confirmed. */
  add(person: NewPerson, confirm?: Confirm): Promise<Person>;

  /** The new password's age begins anew. @throws DirectoryRefusal as `add`, or for nobody. */
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
