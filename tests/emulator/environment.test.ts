import { describe, expect, test } from 'vitest';
import { clocks } from '../../emulator/clocks.ts';
import { createSyncGate } from '../../emulator/controllers/sync-gate.ts';
import { parseNfsURL } from '../../emulator/engine/mount.ts';
import { readBehaviour, readVersion } from '../../emulator/environment.ts';
import { parseGoDuration } from '../../emulator/go.ts';
import { formatLine } from '../../emulator/log.ts';
import {
  backupVolumeName,
  engineBinary,
  engineImage,
  engineImageName,
  isVersion,
  panicsOverLateFailure,
} from '../../emulator/modelled-on.ts';

test('names are the ones a real Longhorn v1.12.1 has', () => {
  expect(engineImageName(engineImage)).toBe('ei-493e04e7');
  expect(engineBinary(engineImage, '/var/lib/longhorn')).toBe(
    '/var/lib/longhorn/engine-binaries/docker.io-longhornio-longhorn-engine-v1.12.1/longhorn',
  );
  expect(['vz-n', 'hold'].map((volume) => backupVolumeName(volume, 'default'))).toEqual([
    'vz-n-862f3344',
    'hold-1c62f6f7',
  ]);
});

describe('behaviour by environment', () => {
  test('is the real clock without a bug, if nothing is said', () => {
    expect(readBehaviour({})).toEqual({ clock: clocks.real, mutant: undefined });
    expect(readBehaviour({ CORRAL_EMULATOR_MUTANT: '' }).mutant).toBe(undefined);
  });

  test('is what is said', () => {
    expect(
      readBehaviour({ CORRAL_EMULATOR_CLOCK: 'fast', CORRAL_EMULATOR_MUTANT: 'message-missing' }),
    ).toEqual({
      clock: clocks.fast,
      mutant: 'message-missing',
    });
  });

  test.each([
    [{ CORRAL_EMULATOR_CLOCK: 'slow' }, 'CORRAL_EMULATOR_CLOCK=slow: known are real, fast'],
    [{ CORRAL_EMULATOR_MUTANT: 'toString' }, /^CORRAL_EMULATOR_MUTANT=toString: known are second-not-held, /],
  ])('refuses %j', (environment, message) => {
    expect(() => readBehaviour(environment)).toThrow(message);
  });
});

describe('the version that it stands for', () => {
  test('is the one that it is modelled on, if nothing is said', () => {
    expect(
      [{}, { CORRAL_EMULATOR_VERSION: '' }, { CORRAL_EMULATOR_VERSION: 'v1.10.2' }].map(readVersion),
    ).toEqual(['v1.12.1', 'v1.12.1', 'v1.10.2']);
  });

  test('is one that deletes asynchronously, and none that nobody has looked at', () => {
    const known = ['v1.8.0', 'v1.8.2', 'v1.10.2', 'v1.11.17', 'v1.12.0', 'v1.12.1'];
    const unknown = ['v1.7.3', 'v1.12.2', 'v1.13.0', 'v2.8.0', '1.8.0', 'v1.8', 'v1.8.0-rc1', 'latest', ''];
    expect([known.filter(isVersion), unknown.filter(isVersion)]).toEqual([known, []]);
    expect(() => readVersion({ CORRAL_EMULATOR_VERSION: 'v1.7.3' })).toThrow(
      'CORRAL_EMULATOR_VERSION=v1.7.3: known are v1.8.0 to v1.12.1',
    );
  });

  test('tells whether a manager panics over a removal that fails after its Backup has gone', () => {
    const panics = ['v1.8.0', 'v1.9.2', 'v1.10.2', 'v1.10.3', 'v1.11.0', 'v1.11.2'];
    const lives = ['v1.10.4', 'v1.11.3', 'v1.12.0', 'v1.12.1'];
    expect([...panics, ...lives].filter(panicsOverLateFailure)).toEqual(panics);
  });
});

describe('where a store is mounted', () => {
  test.each([
    [
      'nfs://longhorn-test-nfs-svc.default:/opt/backupstore',
      'longhorn-test-nfs-svc.default:/opt/backupstore',
      'longhorn-test-nfs-svc_default/opt/backupstore',
    ],
    ['nfs://10.0.0.1:/x/', '10.0.0.1:/x/', '10_0_0_1/x'],
  ])('%s', (url, server, mountPoint) => {
    expect(parseNfsURL(url, 'manager')).toEqual({
      server,
      mountPoint: `/var/lib/longhorn-backupstore-mounts/${mountPoint}`,
    });
    expect(parseNfsURL(url, 'replica')).toMatchObject({
      mountPoint: expect.stringMatching(`longhorn-instance-manager/.*/${mountPoint}$`),
    });
  });

  test.each([
    ['cifs://host/path', 'not emulated: a backup target of type cifs, only nfs and s3 are'],
    ['nfs:///path', 'NFS path must follow format: nfs://<server-address>:/<share-name>/'],
    ['nfs://host', 'cannot find nfs path'],
    ['', 'not emulated: a backup target of type "", only nfs and s3 are'],
  ])('not for %j', (url, message) => {
    expect(() => parseNfsURL(url, 'manager')).toThrow(message);
  });
});

test.each([
  ['5m0s', 300_000],
  ['1h30m', 5_400_000],
  ['0s', 0],
  ['1.5s', 1_500],
  ['nonsense', 0],
])('the duration %s', (text, milliseconds) => {
  expect(parseGoDuration(text)).toBe(milliseconds);
});

describe('a sync', () => {
  const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
  test.each([
    ['before the first', null, null, true],
    ['without a request', null, at(1), false],
    ['requested after the last', at(2), at(1), true],
    ['requested within the second of the last', at(1), at(1), true],
    ['requested before the last', at(1), at(2), false],
  ])('%s', (_, requested, last, due) => {
    expect(createSyncGate().isDue('uid', requested, last)).toBe(due);
  });

  test('is not due twice for one request', () => {
    const gate = createSyncGate();
    gate.served('uid', at(1));
    expect(gate.isDue('uid', at(1), at(1))).toBe(false);
    expect(gate.isDue('other', at(1), at(1))).toBe(true);
  });
});

test('a log line reads like one of logrus', () => {
  const line = formatLine(
    'warning',
    'a "thing"',
    { error: new Error('it failed'), backup: 'b1', node: 'node1' },
    new Date(0),
  );
  expect(line).toBe(
    String.raw`time="1970-01-01T00:00:00.000Z" level=warning msg="a \"thing\"" backup=b1 error="it failed" node=node1`,
  );
});
