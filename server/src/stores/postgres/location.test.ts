/** URLs are read as an operator means them, and their passwords are shown to nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreFault } from '../store.ts';
import { isLocal, nameOf, parseLocation } from './location.ts';

test('a URL is read whole, percent-encoding included', () => {
  assert.deepEqual(parseLocation('postgres://ada:p%40ss%2Fword@db.example:6432/lamp%20light'), {
    host: 'db.example',
    port: 6432,
    user: 'ada',
    password: 'p@ss/word',
    database: 'lamp light',
  });
  assert.equal(parseLocation('postgresql://ada@db.example/x\n').port, 5432);
  assert.equal(parseLocation('postgres://ada@[::1]/x').host, '::1');
  assert.equal(parseLocation('postgres://ada@%2Frun%2Fpostgresql/x').host, '/run/postgresql');
});

test('a URL that is none is refused, and nothing of it is shown', () => {
  const wrong = [
    'tops3cret',
    'https://ada:tops3cret@db.example/x',
    'postgres://ada:tops3cret@db.example',
    'postgres://:tops3cret@db.example/x',
    'postgres://ada:tops3cret%@db.example/x',
    'postgres://ada:tops3cret@db.example/x?sslmode=disable',
    'postgres://ada:tops3cret@db.example:port/x',
  ];
  for (const url of wrong) {
    assert.throws(
      () => parseLocation(url),
      (error) => error instanceof StoreFault && !`${error.stack} ${error.cause}`.includes('s3cret'),
      url,
    );
  }
});

test('a location is named without its password', () => {
  const location = parseLocation('postgres://ada:tops3cret@db.example/x');
  assert.equal(nameOf(location), 'the PostgreSQL database x at db.example:5432');
});

test('this machine and sockets are local, and nothing else', () => {
  const local = ['127.0.0.1', '127.1.2.3', '[::1]', 'localhost', '%2Frun%2Fpostgresql'];
  const away = [
    'db.example',
    '10.0.0.1',
    '[2001:db8::1]',
    '127.0.0.1.example',
    'localhost.example',
  ];
  const told = (hosts: string[]) =>
    hosts.map((host) => isLocal(parseLocation(`postgres://ada@${host}/x`)));
  assert.deepEqual(new Set(told(local)), new Set([true]));
  assert.deepEqual(new Set(told(away)), new Set([false]));
});
