/**
 * The `claims` parameter (OpenID Connect Core 1.0, section 5.5): which of a person's claims a client
 * would like to have beside those of its scope. What we do not have is left out (section 5.5.1).
 */

import { isObject } from '../answers.ts';
import { type Problem, problem } from './errors.ts';

export interface ClaimsRequest {
  /** Wanted at userinfo, of those that there are; sorted, so that the same is written the same. */
  readonly userinfo: readonly string[];
  /** The one person whom the client will accept; of two, nobody is both. */
  readonly subjects: readonly string[];
}

export const NO_CLAIMS: ClaimsRequest = { userinfo: [], subjects: [] };

/** What there is to be known of a person, beside `sub`. */
export const PERSON_CLAIMS = [
  'name',
  'name#ar',
  'given_name',
  'family_name',
  'preferred_username',
  'email',
] as const;

export function readClaimsRequest(text: string | undefined): ClaimsRequest | Problem {
  if (text === undefined) return NO_CLAIMS;
  const request = parsed(text);
  if (!isObject(request)) return MALFORMED;
  const places = [request.userinfo, request.id_token].filter((one) => one !== undefined);
  if (!places.every(isObject)) return MALFORMED;
  const [userinfo] = [request.userinfo].filter(isObject);
  const wanted = places.flatMap(({ sub }) => (isObject(sub) ? [sub.value] : []));
  const subjects = wanted.filter((one) => one !== undefined);
  if (!subjects.every((one) => typeof one === 'string')) return MALFORMED;
  if (places.some(({ acr }) => isMust(acr))) return UNMET;
  const names = PERSON_CLAIMS.filter((name) => userinfo && Object.hasOwn(userinfo, name));
  return { userinfo: names, subjects };
}

/** An `acr` without which there is to be no answer (section 5.5.1.1): ours says too little to be promised. */
function isMust(acr: unknown): boolean {
  if (!isObject(acr) || acr.essential !== true) return false;
  return acr.value !== undefined || acr.values !== undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** OpenID Connect Core Error Code unmet_authentication_requirements 1.0. */
const UNMET = problem(400, 'unmet_authentication_requirements', 'The acr cannot be promised');
const MALFORMED = problem(400, 'invalid_request', 'claims is malformed');
