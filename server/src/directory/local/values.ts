/** Owns which values of a person are fit, and what a person's number is. */

import { hash } from 'node:crypto';
import { DirectoryRefusal, type NewPerson, type Person } from '../directory.ts';
import { LOGIN_BYTES, normaliseLogin } from '../login.ts';

const REALM_BYTES = 128;
const USERNAME_BYTES = 128;
const NAME_BYTES = 256;

/** Bytes, in UTF-8. The shortest binds those who choose a password, not those who type one. */
const PASSWORD_BYTES = { shortest: 8, longest: 1024 };

/** What is hashed of a password; undefined when it cannot be anybody's. */
export function passwordBytes(password: string): Buffer | undefined {
  const length = bytesOf(password);
  if (length === 0 || length > PASSWORD_BYTES.longest) return undefined;
  // The same letters from another keyboard (RFC 8265 section 4.2.2).
  return Buffer.from(password.normalize('NFC'));
}

/** What is hashed of a password that somebody chose. @throws DirectoryRefusal */
export function fitPassword(password: string): Buffer {
  const bytes = passwordBytes(password);
  const { shortest, longest } = PASSWORD_BYTES;
  if (bytes === undefined || bytes.length < shortest) {
    throw new DirectoryRefusal(`A password must have ${shortest} to ${longest} bytes.`);
  }
  return bytes;
}

/** The first 53 bits of a hash, which every JSON reader keeps exact; the same for ever. */
export function numberOf(realm: string, subject: string): number {
  const digest = hash('sha256', JSON.stringify(['user', realm, subject]), 'buffer');
  return Number(digest.readBigUInt64BE() >> 11n);
}

/** The person as the directory will know it, without the password. @throws DirectoryRefusal */
export function fitPerson(person: NewPerson, now: number): Person {
  const { realm } = person;
  if (realm === '' || bytesOf(realm) > REALM_BYTES) {
    throw new DirectoryRefusal(`The realm must have 1 to ${REALM_BYTES} bytes.`);
  }
  const username = fitUsername(person.username);
  return {
    realm,
    subject: username,
    username,
    email: person.email == null ? null : fitEmail(person.email),
    names: {
      en: fitName(person.names?.en ?? person.username),
      ar: person.names?.ar == null ? null : fitName(person.names.ar),
    },
    mobile: person.mobile == null ? null : fitMobile(person.mobile),
    role: person.role ?? 'user',
    active: true,
    number: numberOf(realm, username),
    passwordChangedAt: now,
  };
}

/** A colon would end the name in Basic authentication (RFC 7617 section 2). */
function fitUsername(given: string): string {
  const username = normaliseLogin(given) ?? '';
  if (username === '' || bytesOf(username) > USERNAME_BYTES || /[\s\p{C}:]/u.test(username)) {
    throw new DirectoryRefusal(
      `A user name must have 1 to ${USERNAME_BYTES} bytes, ` +
        'without spaces, colons, and invisible characters.',
    );
  }
  return username;
}

function fitEmail(given: string): string {
  const email = normaliseLogin(given) ?? '';
  if (!/^[^\s\p{C}@:]+@[^\s\p{C}@:]+$/u.test(email)) {
    throw new DirectoryRefusal(
      `An e-mail address must look like name@host, in ${LOGIN_BYTES} bytes at most.`,
    );
  }
  return email;
}

/** Joiners are letters' business in Arabic and Persian, so only controls are refused. */
function fitName(given: string): string {
  const name = given.normalize('NFC').trim();
  if (name === '' || bytesOf(name) > NAME_BYTES || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new DirectoryRefusal(
      `A name must have 1 to ${NAME_BYTES} bytes, without control characters.`,
    );
  }
  return name;
}

function fitMobile(given: string): string {
  const mobile = given.trim();
  if (!/^\+?[0-9][0-9 ().-]{2,30}$/.test(mobile)) {
    throw new DirectoryRefusal('A mobile number must have 3 to 31 digits, spaces, or + ( ) . -');
  }
  return mobile;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
