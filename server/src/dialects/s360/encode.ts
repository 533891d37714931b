/**
 * From sessions to the bodies of answers.
 */

import type { Person } from '../../directory/directory.ts';
import type { Random } from '../../sessions/random.ts';
import { jsonAnswer } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { numberOf } from '../numbers.ts';
import { UUID_BITS, uuidOf } from '../uuid.ts';
import { requestIdOf } from './decode.ts';
import { DEVELOPER_INACTIVE, type Notice, noticeOf, type Problem, SUCCESS } from './errors.ts';

/** Everything that this dialect answers. Each answer has an id, and repeats the request's. */
export interface Answers {
  success(request: WireRequest, data: object): WireAnswer;
  problem(request: WireRequest, problem: Problem, status?: number): WireAnswer;
  developerInactive(request: WireRequest): WireAnswer;
}

export function createAnswers(random: Random): Answers {
  const headersFor = (request: WireRequest) => ({
    'X-Request-Id': requestIdOf(request) ?? newUuid(random),
    'Cache-Control': 'no-store',
  });

  function envelope(request: WireRequest, notice: Notice, data: object | null): WireAnswer {
    const { status, code, en, ar } = notice;
    const body = { status, esbUUID: newUuid(random), desc: { en, ar, code }, data };
    const headers: WireAnswer['headers'] = headersFor(request);
    return jsonAnswer(status, body, status === 503 ? { ...headers, 'Retry-After': '1' } : headers);
  }

  return {
    success: (request, data) => envelope(request, SUCCESS, data),
    problem(request, problem, status) {
      const notice = noticeOf(problem);
      return envelope(request, { ...notice, status: status ?? notice.status }, null);
    },
    developerInactive: (request) => ({
      ...DEVELOPER_INACTIVE,
      headers: { ...headersFor(request), ...DEVELOPER_INACTIVE.headers },
    }),
  };
}

/** A person as a JWT describes them; read from the directory each time. */
export function selfProfile(person: Person) {
  const { realm, subject, names, mobile, email, active } = person;
  return {
    profileId: numberOf(realm, subject),
    nameEn: names.en,
    nameAr: names.ar ?? names.en,
    mobileNo: mobile,
    email,
    type: 'INDIVIDUAL',
    isActive: active,
  };
}

function newUuid(random: Random): string {
  return uuidOf(BigInt.asUintN(UUID_BITS, BigInt(`0x${random.bytes(16).toString('hex')}`)));
}
