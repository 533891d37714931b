/**
 * The files that pages load.
 */

import type { WireAnswer } from '../../dialect.ts';
import { STYLESHEET } from '../pages/stylesheet.ts';

/** Files are the same for everybody; a page that is newer than its files would look odd for long. */
const FILE_HEADERS: WireAnswer['headers'] = {
  'Cache-Control': 'public, max-age=300',
  'X-Content-Type-Options': 'nosniff',
};

/** Does what the person would: the page has a button for browsers without scripts. */
const SUBMIT = 'document.forms[0].submit();\n';

export async function submitScript(): Promise<WireAnswer> {
  const headers = { 'Content-Type': 'text/javascript;charset=UTF-8', ...FILE_HEADERS };
  return { status: 200, headers, body: SUBMIT };
}

export async function stylesheet(): Promise<WireAnswer> {
  const headers = { 'Content-Type': 'text/css;charset=UTF-8', ...FILE_HEADERS };
  return { status: 200, headers, body: STYLESHEET };
}
