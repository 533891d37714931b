/**
 * How this protocol says no: codes and texts of the envelope, and the gateway's own 403.
 */

import type { End, EndReason } from '../../engine/end.ts';
import type { Refusal, RefusalCode } from '../../engine/refusal.ts';
import type { Rejection } from '../dialect.ts';
import type { Config } from './config.ts';

/** What the envelope says of an outcome. */
export interface Notice {
  /** HTTP status, repeated in the envelope. */
  readonly status: number;
  readonly code: string;
  readonly en: string;
  readonly ar: string;
}

export const SUCCESS: Notice = {
  status: 200,
  code: 'ESB-IDP-S0000',
  en: 'Success',
  ar: 'نجاح',
};

/** E0003 and E0004 are the vendor's, the other codes are our own in its grammar. */
const PROBLEMS = {
  system_not_allowed: {
    status: 403,
    code: 'ESB-IDP-E0001',
    en: 'The external system is not allowed',
    ar: 'النظام الخارجي غير مسموح به',
  },
  invalid_request: {
    status: 400,
    code: 'ESB-IDP-E0002',
    en: 'The request is invalid',
    ar: 'الطلب غير صالح',
  },
  unparsable: {
    status: 400,
    code: 'ESB-IDP-E0002',
    en: 'The request is invalid',
    ar: 'الطلب غير صالح',
  },
  invalid_pair: {
    status: 401,
    code: 'ESB-IDP-E0003',
    en: 'The session id or the session token is invalid',
    ar: 'معرّف الجلسة أو رمز الجلسة غير صالح',
  },
  logged_out: {
    status: 401,
    code: 'ESB-IDP-E0004',
    en: 'The user is logged out',
    ar: 'تم تسجيل خروج المستخدم',
  },
  no_such_path: {
    status: 404,
    code: 'ESB-IDP-E0404',
    en: 'There is no such operation',
    ar: 'العملية غير موجودة',
  },
  method_not_allowed: {
    status: 405,
    code: 'ESB-IDP-E0405',
    en: 'The method is not allowed',
    ar: 'الطريقة غير مسموح بها',
  },
  timed_out: {
    status: 408,
    code: 'ESB-IDP-E0408',
    en: 'The request took too long',
    ar: 'انتهت مهلة الطلب',
  },
  no_room: {
    status: 409,
    code: 'ESB-IDP-E0409',
    en: 'The session has no room for that',
    ar: 'لا تتسع الجلسة لذلك',
  },
  too_large: {
    status: 413,
    code: 'ESB-IDP-E0413',
    en: 'The request is too large',
    ar: 'حجم الطلب كبير جدًا',
  },
  headers_too_large: {
    status: 431,
    code: 'ESB-IDP-E0431',
    en: 'The headers are too large',
    ar: 'حجم ترويسات الطلب كبير جدًا',
  },
  internal_error: {
    status: 500,
    code: 'ESB-IDP-E0500',
    en: 'Server error',
    ar: 'خطأ في الخادم',
  },
  unavailable: {
    status: 503,
    code: 'ESB-IDP-E0503',
    en: 'The service is busy, try again',
    ar: 'الخدمة مشغولة، حاول مرة أخرى',
  },
} as const satisfies Record<string, Notice>;

export type Problem = keyof typeof PROBLEMS;

/** E0004 for what somebody has ended; of what time has ended, the config says which it is. */
const ENDS = {
  idle_timeout: 'as_a_timeout',
  absolute_timeout: 'as_a_timeout',
  signed_out: 'logged_out',
  signed_out_everywhere: 'logged_out',
  ended_by_administrator: 'logged_out',
  password_changed: 'logged_out',
  token_replayed: 'logged_out',
  code_replayed: 'logged_out',
  revoked_by_client: 'logged_out',
  made_room: 'logged_out',
} as const satisfies Record<EndReason, Problem | 'as_a_timeout'>;

const TIMEOUTS = {
  E0003: 'invalid_pair',
  E0004: 'logged_out',
} as const satisfies Record<Config['timeout_code'], Problem>;

/** A pair names a child of a session, so that the refusals of grants and tickets never come. */
const REFUSALS = {
  unknown_token: 'invalid_pair',
  session_ended: 'as_it_ended',
  grant_ended: 'as_it_ended',
  child_ended: 'as_it_ended',
  token_replayed: 'as_it_ended',
  ticket_spent: 'invalid_pair',
  ticket_expired: 'invalid_pair',
  ticket_mismatch: 'invalid_pair',
  wrong_client: 'invalid_pair',
  wrong_binding: 'invalid_pair',
  scope_exceeded: 'system_not_allowed',
  epoch_moved: 'logged_out',
  name_taken: 'invalid_request',
  quota_reached: 'system_not_allowed',
  limit_reached: 'no_room',
} as const satisfies Record<RefusalCode, Problem | 'as_it_ended'>;

const REJECTIONS = {
  no_such_path: 'no_such_path',
  method_not_allowed: 'method_not_allowed',
  body_too_large: 'too_large',
  headers_too_large: 'headers_too_large',
  malformed_request: 'invalid_request',
  timed_out: 'timed_out',
  unavailable: 'unavailable',
  internal_error: 'internal_error',
} as const satisfies Record<Rejection, Problem>;

export function noticeOf(problem: Problem): Notice {
  return PROBLEMS[problem];
}

export function refused(refusal: Refusal, config: Config): Problem {
  const problem = REFUSALS[refusal.refused];
  if (problem !== 'as_it_ended') return problem;
  return 'end' in refusal ? ended(refusal.end, config) : 'invalid_pair';
}

/** How it is said that a session, or a pair of it, is over. */
export function ended({ reason }: End, { timeout_code }: Config): Problem {
  const problem = ENDS[reason];
  return problem === 'as_a_timeout' ? TIMEOUTS[timeout_code] : problem;
}

export function rejected(rejection: Rejection): Problem {
  return REJECTIONS[rejection];
}

/** The gateway in front of the vendor's service (Mashery) speaks for itself, and not in JSON. */
export const DEVELOPER_INACTIVE = {
  status: 403,
  headers: {
    'X-Mashery-Error-Code': 'ERR_403_DEVELOPER_INACTIVE',
    'X-Error-Detail-Header': 'Account Inactive',
    Server: 'Mashery Proxy',
    'Content-Type': 'text/xml',
  },
  body: '<h1>Developer Inactive</h1>',
} as const;
