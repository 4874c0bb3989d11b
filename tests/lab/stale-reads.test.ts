import { expect, test } from 'vitest';
import { createStaleReads } from '../../lab/run/stale-reads.ts';

const backups = '/apis/longhorn.io/v1beta2/namespaces/longhorn-system/backups';

const start = () => {
  let time = 1_000;
  const { read, lists } = createStaleReads(
    { pods: 'longhorn-manager-', except: ['old'], revision: '77', lasts: 30_000 },
    () => time,
  );
  return {
    lists,
    later: (ms: number) => {
      time += ms;
    },
    get: (url: string, { name = 'longhorn-manager-new', uid = 'new', method = 'GET' } = {}) =>
      read({ method, url, pod: { name, uid } }),
  };
};

test('the first list of an informer is that of the revision, whole or page by page', () => {
  const { get, lists } = start();
  expect(get(`${backups}?limit=500&resourceVersion=0`)).toEqual({
    do: 'pass',
    url: `${backups}?limit=500&resourceVersion=77&resourceVersionMatch=Exact`,
  });
  expect(lists()).toBe(1);
});

test('events come when the while is over, which begins with the first read', () => {
  const { get, later } = start();
  get(`${backups}?resourceVersion=0`);
  later(10_000);
  expect(get(`${backups}?watch=1&resourceVersion=77`)).toEqual({ do: 'pass', after: 20_000 });
  later(20_000);
  expect(get(`${backups}?watch=true&resourceVersion=77`)).toEqual({ do: 'pass' });
  expect(get(`${backups}?resourceVersion=0`)).toEqual({ do: 'pass' });
});

test('a list as events is refused, so that a list is asked for', () => {
  expect(start().get(`${backups}?watch=true&sendInitialEvents=true&resourceVersion=`)).toEqual({
    do: 'refuse',
  });
});

test.for([
  ['one object', `${backups}/b1`, {}],
  ['a list that has to be new', `${backups}?limit=500`, {}],
  ['a write', backups, { method: 'POST' }],
  ['a pod that was there', `${backups}?resourceVersion=0`, { uid: 'old' }],
  ['another pod', `${backups}?resourceVersion=0`, { name: 'longhorn-driver-deployer-a' }],
] as const)('what does not come from a cache, or is of others, is as it is: %s', ([, url, who]) => {
  const { get, lists } = start();
  expect(get(url, who)).toEqual({ do: 'pass' });
  expect(lists()).toBe(0);
});
