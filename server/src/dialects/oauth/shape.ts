/**
 * How this dialect's codes and refresh tokens are written.
 */

import { prefixed } from '../shapes.ts';

export const CODE_KIND = 'oauth/code';
export const REFRESH_KIND = 'oauth/refresh';

export const codeShape = prefixed(CODE_KIND, 'lamp_ac_');
export const refreshShape = prefixed(REFRESH_KIND, 'lamp_rt_');
