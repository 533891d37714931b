/**
 * How the session cookie's token and the authenticity token look. Clients take both for opaque.
 */

import type { Session } from '../../engine/session.ts';
import type { Services } from '../dialect.ts';
import { prefixed } from '../shapes.ts';

export const KIND = 'zendesk';

export const sessionShape = prefixed(KIND, 'lamp_zd_');

const CSRF_KIND = 'zendesk/csrf';

const csrfShape = prefixed(CSRF_KIND, 'lamp_zdcsrf_');

export function sessionText({ sessions }: Services, session: Session): string {
  return sessionShape.write(sessions.token(session, KIND));
}

/** Derived, and so the same for the life of the session: its tabs share it (fact sheet C.4). */
export function authenticityToken({ sessions }: Services, session: Session): string {
  return csrfShape.write(sessions.token(session, CSRF_KIND));
}
