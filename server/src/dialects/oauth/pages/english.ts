/**
 * The words of the pages, in English.
 */

import type { Texts } from './texts.ts';

export const english: Texts = {
  dir: 'ltr',
  brand: 'Lamplighter',
  username: 'User name or e-mail address',
  password: 'Password',
  signIn: {
    title: 'Sign in',
    forClient: (client) => `to continue to ${client}`,
    submit: 'Sign in',
    wrong: 'The user name or the password is wrong.',
    locked: (minutes) =>
      minutes === 1
        ? 'Too many attempts have failed. Try again in a minute.'
        : `Too many attempts have failed. Try again in ${minutes} minutes.`,
    expired: 'Your password is too old. Change it first, then sign in.',
    tooMany: 'You are signed in at too many places. Sign out at one of them first.',
    stale: 'This page was open for too long. Please sign in now.',
  },
  goOn: { title: (client) => `On to ${client}`, submit: 'Continue' },
  consent: {
    title: (client) => `${client} asks for access`,
    save: 'Do not ask again while I am signed in',
    yes: 'Allow',
    no: 'Do not allow',
  },
  signedInAs: (name) => `You are signed in as ${name}.`,
  logOut: {
    title: 'Sign out?',
    text: 'This signs you out of every application that you opened with this sign-in.',
    yes: 'Sign out',
    no: 'Stay signed in',
    done: { title: 'You are signed out', text: 'You can close this page.' },
    kept: { title: 'You are still signed in', text: 'You can close this page.' },
  },
  device: {
    title: 'Connect a device',
    name: 'your device',
    ask: 'Type the code that the device shows. Capital and small letters matter.',
    code: 'Code',
    submit: 'Continue',
    wrong: 'There is no such code. It may have expired: let the device show a new one.',
    locked: (minutes) =>
      minutes === 1
        ? 'Too many codes were wrong. Try again in a minute.'
        : `Too many codes were wrong. Try again in ${minutes} minutes.`,
    confirm: {
      title: 'Connect this device?',
      text: (client) => `${client} will be signed in as you on the device that shows this code:`,
      warning: 'Go on only if the device is in front of you, and nobody has sent you the code.',
      yes: 'Connect',
      no: 'Do not connect',
    },
    done: { title: 'The device is connected', text: 'You can close this page.' },
    denied: { title: 'The device is not connected', text: 'You can close this page.' },
    gone: {
      title: 'The code has expired',
      text: 'It waited for too long, or was decided about already. Let the device show a new one.',
    },
  },
  scopes: {
    title: 'It will be able to:',
    openid: 'know who you are',
    profile: 'see your name',
    email: 'see your e-mail address',
    offline_access: 'stay connected while you are away',
  },
  problem: {
    title: 'This request cannot be answered',
    advice: 'Go back to the application and try again. If it happens again, tell its makers this:',
  },
};
