import { describe, expect, test } from 'vitest';
import { normaliseText } from './normalise-text.ts';

test.each([
  ['a time', 'at 2026-11-20T08:14:48.098843043Z it was', 'at TIME it was'],
  ['a time without fraction', '2026-11-20T08:14:48Z', 'TIME'],
  ['a time as Go writes it', '2026-11-20 08:14:48.098628683 +0000 UTC', 'TIME'],
  [
    'a store',
    'backup nfs://nfs.example:/opt/store?backup=b1&volume=v in',
    'backup nfs://STORE?backup=b1&volume=v in',
  ],
  [
    'the longhorn command',
    '/var/lib/longhorn/engine-binaries/longhornio-longhorn-engine-v1.8.2/longhorn [backup rm',
    'BINARY [backup rm',
  ],
  [
    'a file in a mounted store',
    'unlinkat /mnt/a_b/opt/backupstore/backupstore/volumes/83/81/v/backups/backup_b1.cfg: no',
    'unlinkat STORE/v/backups/backup_b1.cfg: no',
  ],
  [
    'a path within a store',
    'backupstore/volumes/0c/d3/v/locks/lock-e6f1deeb42c94eda.lck',
    'STORE/v/locks/lock-ID.lck',
  ],
  ['an address', 'http://10.244.2.9:9500/v1', 'http://ADDRESS/v1'],
])('%s has a placeholder', (_, text, expected) => {
  expect(normaliseText(text)).toBe(expected);
});

test.each([
  ['a backup', 'Wait for backup zn-b1 to be deleted'],
  ['what is said', 'No deletion in progress record, retry the deletion command'],
  ['how a command ended', 'exit status 1'],
])('%s is left as it is', (_, text) => {
  expect(normaliseText(text)).toBe(text);
});

describe('the log in an error', () => {
  const error = (...lines: string[]) => `output no, stderr ${lines.join('\n')}: exit status 1`;
  const line = (level: string, message: string) =>
    `time="2026-11-20T08:14:48.09Z" level=${level} msg="${message}" func=a.B file="b.go:1" pkg=nfs`;

  test('is told by levels and messages', () => {
    expect(normaliseText(error(line('info', 'Loaded'), line('error', 'Failed \\"so\\"')))).toBe(
      error('info "Loaded"', 'error "Failed \\"so\\""'),
    );
  });

  test('does not tell what only one of the two can have', () => {
    const both = [line('info', 'Loaded'), line('error', 'no')];
    const one = [
      line('warning', 'Trying reading mount point /mnt to make sure'),
      ...both,
      line('error', 'Failed to delete delta block backup'),
    ];
    expect(normaliseText(error(...one))).toBe(normaliseText(error(...both)));
  });

  test('has its locks in one order', () => {
    const locks = (...types: number[]) =>
      line('info', `volume v contains locks [${types.map((type) => `{ type: ${type} }`).join(' ')}]`);
    const loaded = (...types: number[]) =>
      types.map((type) => line('info', `Loaded lock x type ${type} on backupstore`));
    expect(normaliseText(error(locks(2, 1)))).toBe(normaliseText(error(locks(1, 2))));
    expect(normaliseText(error(...loaded(2, 1), locks(1)))).toBe(
      normaliseText(error(...loaded(1, 2), locks(1))),
    );
    expect(normaliseText(error(...loaded(2, 2), locks(1)))).not.toBe(
      normaliseText(error(...loaded(1, 2), locks(1))),
    );
    expect(normaliseText(error(locks(2, 1)))).not.toBe(normaliseText(error(locks(1))));
  });

  test('may be something else than a log', () => {
    expect(normaliseText(error('stubbed backup deletion for testing'))).toBe(
      error('stubbed backup deletion for testing'),
    );
  });
});
