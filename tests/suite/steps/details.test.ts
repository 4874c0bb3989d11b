import { describe, expect, test } from 'vitest';
import type { BackupState } from '../../../e2e/longhorn/backup-state.ts';
import { parseMetrics } from '../../../e2e/longhorn/metrics.ts';
import type { Backup } from '../../../e2e/longhorn/types.ts';
import type { BackupConfig } from '../../../e2e/store/format/config.ts';
import { progressOf, wrongInProgress } from '../../../e2e/suite/steps/backup/progress.ts';
import * as details from '../../../e2e/suite/steps/details/details.ts';

const mebibyte = 1024 * 1024;

test('what was sent is counted in whole blocks, compressed as they are', () => {
  const sent = details.sentBlocks({
    newlyUploadDataSize: String(16.1 * mebibyte),
    reUploadedDataSize: String(2.02 * mebibyte),
  });
  expect(sent).toEqual({ new: 8, again: 1 });
  expect(details.sentBlocks({ newlyUploadDataSize: '' })).toEqual({ new: 0, again: 0 });
});

test('the size of blocks is what Longhorn and the config say, and what they amount to', () => {
  const large = 16 * mebibyte;
  expect(details.sentBlocks({ newlyUploadDataSize: String(32.1 * mebibyte) }, large).new).toBe(2);
  const config = { blockSize: large, size: large, blocks: [{ offset: 0, checksum: '1e' }] } as BackupConfig;
  expect(details.wrongBlockSize(large, { reported: String(large), config })).toEqual([]);
  const small = { ...config, blockSize: 2 * mebibyte, size: 2 * mebibyte };
  expect(details.wrongBlockSize(large, { reported: '', config: small })).toHaveLength(3);
  expect(details.wrongBlockSize(large, { reported: '', config: undefined })).toHaveLength(1);
});

describe('the labels of a backup', () => {
  const labels = { reason: 'x' };
  test('are in Longhorn and in the store as they were asked for', () => {
    const found = { status: { labels: { ...labels, more: 'y' } }, config: { labels } };
    expect(details.wrongLabels(labels, found)).toEqual([]);
  });
  test('are reported where one is missing, or where there is one of a workload', () => {
    expect(
      details.wrongLabels(labels, {
        status: { labels: { reason: 'y' } },
        config: { labels: { KubernetesStatus: '{}' } },
      }),
    ).toEqual([
      'Longhorn has reason: y, not x',
      "the backup's config has reason: no such label, not x",
      "the backup's config has a label KubernetesStatus, and there is no workload",
    ]);
    expect(details.wrongLabels(labels, { status: undefined, config: undefined })).toHaveLength(2);
  });
});

test('a URL names store, volume and backup', () => {
  const names = { store: 's3://bucket@region/', volume: 'v1', backup: 'b1' };
  expect(details.wrongInURL('s3://bucket@region/?backup=b1&volume=v1', names)).toEqual([]);
  expect(details.wrongInURL('s3://other@region/?backup=b2', names)).toEqual([
    'it names s3://other@region/, not s3://bucket@region/',
    'it names nothing, not v1',
    'it names b2, not b1',
  ]);
});

test('a backup volume has size, labels and blocks of its volume', () => {
  const reported = { size: 64, blocks: 2, labels: { reason: 'x' } };
  const status = { size: '64', dataStored: String(4 * mebibyte), labels: { reason: 'x' } };
  expect(details.wrongOfVolume({ metadata: { name: 'v1' }, status }, reported)).toEqual([]);
  expect(details.wrongOfVolume({ metadata: { name: 'v1' }, status: { size: '65' } }, reported)).toEqual([
    'its size is 65, not 64',
    'its dataStored is not there, not 4194304',
    'its label reason is not there, not x',
  ]);
});

test('progress is what was seen of it, rises, and is seen on its way to 100', () => {
  const seen = (name: string, progress?: number, state?: BackupState) => ({
    ...{ kind: 'modified' as const, sequence: 1, at: 1, resourceVersion: '1' },
    object: {
      metadata: { name },
      spec: { snapshotName: 's1' },
      ...(progress !== undefined && { status: { progress, ...(state !== undefined && { state }) } }),
    },
  });
  const entries = [
    seen('b1'),
    seen('b1', 30),
    seen('b2', 90),
    seen('b1', 30),
    seen('b1', 0, ''),
    seen('b1', 100),
  ];
  expect(progressOf({ entries }, 'b1')).toEqual([0, 30, 100]);
  expect(wrongInProgress([0, 30, 100])).toBeUndefined();
  expect(wrongInProgress([0, 30, 20, 100])).toBe('it fell');
  expect(wrongInProgress([0, 100])).toBe('nothing was seen between 0 and 100');
  expect(wrongInProgress([0, 30])).toBe('it did not come to 100');
});

test('metrics report each backup once, with its state and its size', () => {
  const state = (backup: string, number: number) =>
    `longhorn_backup_state{backup="${backup}",volume="v"} ${number}\n`;
  const size = 'longhorn_backup_actual_size_bytes{backup="b",recurring_job="",volume="v"} 2.097152e+06\n';
  const comments = '# HELP longhorn_backup_state State of this backup\nlonghorn_other 1\n';
  const wrong = (text: string, backup: Backup['status'] = { state: 'Completed', size: '2097152' }) =>
    details.wrongMetrics(
      parseMetrics(comments + text),
      details.meteredBackup({ metadata: { name: 'b' }, status: backup }, 'v'),
    );
  expect(wrong(state('b', 3) + state('c', 4) + size)).toEqual([]);
  expect(wrong(state('b', 4) + size)).toEqual(['longhorn_backup_state is 4, not 3']);
  expect(wrong(state('b', 3) + state('b', 3) + size)).toEqual(['longhorn_backup_state is 3, 3, not 3']);
  expect(wrong(state('b', 3))).toEqual(['longhorn_backup_actual_size_bytes is not there, not 2097152']);
  expect(wrong(state('b', 4) + size.replace('2.097152e+06', '0'), { state: 'Error' })).toEqual([]);
});
