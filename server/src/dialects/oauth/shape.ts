/**
 * How this dialect's codes, refresh tokens and session tokens are written.
 */

import { prefixed } from '../shapes.ts';

export const CODE_KIND = 'oauth/code';
export const REFRESH_KIND = 'oauth/refresh';
export const SESSION_KIND = 'oauth';

export const codeShape = prefixed(CODE_KIND, 'lamp_ac_');
export const refreshShape = prefixed(REFRESH_KIND, 'lamp_rt_');
export const sessionShape = prefixed(SESSION_KIND, 'lamp_oa_');
