/**
 * Administration: people and keys.
 */

import type { Role } from '../../../directory/directory.ts';
import type { KeyPurpose } from '../../../keys/keyring.ts';
import { jsonAnswer } from '../../answers.ts';
import type { Services, WireAnswer, WireRequest } from '../../dialect.ts';
import { administratorOf, callerOf } from '../caller.ts';
import type { Config } from '../config.ts';
import { readMembers } from '../decode.ts';
import { encodeKey, encodePerson } from '../encode.ts';
import { lockedProblem, problem } from '../errors.ts';

const ROLES: readonly string[] = ['user', 'agent', 'administrator'] satisfies Role[];
const PURPOSES: readonly string[] = ['mac', 'signing'] satisfies KeyPurpose[];

export async function addUser(services: Services, request: WireRequest): Promise<WireAnswer> {
  const { realm = '' } = request.params;
  const caller = await administratorOf(services, request, realm);
  if ('status' in caller) return caller;
  const optional = ['email', 'name', 'name_ar', 'mobile', 'role'] as const;
  const body = readMembers(request, ['username', 'password'], optional);
  if ('unfit' in body) return problem('bad_request', body.unfit);
  const { username, password, email, name, mobile, role = 'user' } = body;
  if (!isRole(role)) return problem('bad_request', `"role" must be one of ${ROLES.join(', ')}.`);
  const names = { en: name ?? username, ar: body.name_ar ?? null };
  return refusable(async () => {
    const person = await services.directory.add(
      { realm, username, password, names, role, email: email ?? null, mobile: mobile ?? null },
      async () => !('status' in (await administratorOf(services, request, realm))),
    );
    return jsonAnswer(201, encodePerson(person));
  });
}

/** A new password ends every session of the person: whoever knew the old one is out. */
export async function setPassword(services: Services, request: WireRequest): Promise<WireAnswer> {
  const { realm = '', subject = '' } = request.params;
  const caller = await callerOf(services, request, realm);
  if ('status' in caller) return caller;
  const isOwn = caller.person.subject === subject;
  if (!isOwn && !caller.isAdministrator) return problem('not_allowed');
  const body = readMembers(request, ['password'], ['current_password']);
  if ('unfit' in body) return problem('bad_request', body.unfit);
  if (!(await services.directory.find(realm, subject))) return problem('no_such_user');
  if (isOwn) {
    // ASVS 5.0, 6.2.3: one's own password is changed with the current one, whoever one is.
    const current = body.current_password ?? '';
    const { username } = caller.person;
    const { directory, clock } = services;
    const found = await directory.authenticate(realm, username, current, request.address);
    if (found.verdict === 'locked') return lockedProblem(found.until, clock.now());
    if (found.verdict === 'wrong') return problem('wrong_credentials');
  }
  return refusable(async () => {
    const confirm = async () => !('status' in (await callerOf(services, request, realm)));
    await services.directory.setPassword(realm, subject, body.password, confirm);
    const by = isOwn ? 'user' : 'admin';
    const why = { reason: 'password_changed', by } as const;
    return jsonAnswer(200, await services.sessions.endSubject(realm, subject, why));
  });
}

export async function listKeys(
  services: Services,
  config: Config,
  request: WireRequest,
): Promise<WireAnswer> {
  const caller = await administratorOf(services, request, config.realm);
  if ('status' in caller) return caller;
  return jsonAnswer(200, { keys: services.keyring.list().map(encodeKey) });
}

export async function rotateKey(
  services: Services,
  config: Config,
  request: WireRequest,
): Promise<WireAnswer> {
  const caller = await administratorOf(services, request, config.realm);
  if ('status' in caller) return caller;
  const { purpose = '' } = request.params;
  if (!isPurpose(purpose)) return problem('no_such_path');
  return refusable(async () => jsonAnswer(201, encodeKey(await services.keyring.rotate(purpose))));
}

function isRole(text: string): text is Role {
  return ROLES.includes(text);
}

function isPurpose(text: string): text is KeyPurpose {
  return PURPOSES.includes(text);
}

/** What the directory and the keyring refuse is for the administrator to read. */
async function refusable(work: () => Promise<WireAnswer>): Promise<WireAnswer> {
  try {
    return await work();
  } catch (error) {
    const isRefusal =
      error instanceof Error && ['DirectoryRefusal', 'KeysInUse'].includes(error.name);
    if (!isRefusal) throw error;
    return problem('conflict', error.message);
  }
}
