/**
 * From sessions to the bodies of answers.
 */

import type { Person } from '../../directory/directory.ts';
import type { Random } from '../../sessions/random.ts';
import { jsonAnswer } from '../answers.ts';
import type { WireAnswer, WireRequest } from '../dialect.ts';
import { UUID_BITS, uuidOf } from '../uuid.ts';
import type { Config } from './config.ts';
import { requestIdOf } from './decode.ts';
import { DEVELOPER_INACTIVE, type Notice, noticeOf, type Problem, SUCCESS } from './errors.ts';
import type { AuthorityType } from './systems.ts';

/** Everything that this dialect answers. Each answer has an id, and repeats the request's. */
export interface Answers {
  success(request: WireRequest, data: object): WireAnswer;
  problem(request: WireRequest, problem: Problem): WireAnswer;
  developerInactive(request: WireRequest): WireAnswer;
}

export function createAnswers(random: Random, config: Config): Answers {
  const headersFor = (request: WireRequest) => ({
    'X-Request-Id': requestIdOf(request) ?? newUuid(random),
    'Cache-Control': 'no-store',
  });
  const noData = config.error_data === 'null' ? { data: null } : {};

  function envelope(request: WireRequest, notice: Notice, data: object): WireAnswer {
    const { status, code, en, ar } = notice;
    const body = { status, esbUUID: newUuid(random), desc: { en, ar, code }, ...data };
    const headers: WireAnswer['headers'] = headersFor(request);
    return jsonAnswer(status, body, status === 503 ? { ...headers, 'Retry-After': '1' } : headers);
  }

  return {
    success: (request, data) => envelope(request, SUCCESS, { data }),
    problem(request, problem) {
      const notice = noticeOf(problem);
      const status = problem === 'unparsable' ? config.unparsable_status : notice.status;
      return envelope(request, { ...notice, status }, noData);
    },
    developerInactive: (request) => ({
      ...DEVELOPER_INACTIVE,
      headers: {
        ...headersFor(request),
        'X-Mashery-Responder': new URL(request.origin).host,
        ...DEVELOPER_INACTIVE.headers,
      },
    }),
  };
}

/** The profiles under which a person acts; of the directory's, which has none but their own. */
export function userOf(person: Person, { profiles, profile_type }: AuthorityType) {
  const { number, names, mobile, email, active } = person;
  const profile = {
    profileId: number,
    nameEn: names.en,
    nameAr: names.ar ?? names.en,
    mobileNo: mobile,
    email,
    type: profile_type,
    isActive: active,
  };
  return { [profiles]: [profile] };
}

function newUuid(random: Random): string {
  return uuidOf(BigInt.asUintN(UUID_BITS, BigInt(`0x${random.bytes(16).toString('hex')}`)));
}
