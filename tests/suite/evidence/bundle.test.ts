import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { beforeEach, expect, test } from 'vitest';
import { packBundle } from '../../../e2e/suite/evidence/bundle/bundle.ts';
import { sampleReport, scenarioReport } from '../../support/scenario-report.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const root = folderOfEachTest();
const folder = (...path: string[]) => root('a-backup-waits', ...path);
const put = (file: string, content: string | Uint8Array) => writeFile(folder(file), content);
beforeEach(async () => {
  await mkdir(folder('logs'), { recursive: true });
  await put('history.ndjson', '{"recording":"A backup waits"}\n');
});

const name = 'A backup waits';
const target = { name: 'emulator', version: '1.2.3' } as const;
const report = sampleReport([scenarioReport(name, { state: 'failed', reason: 'it did not\nwait' })], {
  target,
});

/** The files of a bundle by their names within its folder; it is no larger than it may be. */
const packed = async (most?: number): Promise<Record<string, string>> => {
  const path = await packBundle(folder(), { report, name, ...(most && { most }) });
  expect(path).toBe(`${folder()}.tar.gz`);
  expect((await stat(path)).size).toBeLessThanOrEqual(most ?? 1e9);
  const files: Record<string, string> = {};
  const archive = extract();
  const read = async () => {
    for await (const entry of archive)
      files[entry.header.name.replace(/^a-backup-waits\//, '')] = await text(entry);
  };
  await Promise.all([pipeline(createReadStream(path), createGunzip(), archive), read()]);
  return files;
};

test('everything that was kept is in it, with the report and what there is to know for one who has nothing else', async () => {
  await put('logs/m.c.log', 'a line\n');
  const files = await packed();
  expect(Object.keys(files)).toEqual(['README.txt', 'report.json', 'history.ndjson', 'logs/m.c.log']);
  expect(JSON.parse(files['report.json'] ?? '')).toEqual(report);
  expect(files['logs/m.c.log']).toBe('a line\n');
  const parts = [`${name}\n`, "failed in Corral's run abc123", 'emulator 1.2.3', 'Kubernetes v1.34.1'];
  for (const part of [...parts, '  it did not\n  wait\n', 'npx corral replay '])
    expect(files['README.txt']).toContain(part);
  expect((await readdir(root())).sort()).toEqual(['a-backup-waits', 'a-backup-waits.tar.gz']);
});

test('where it would be too large, the oldest lines of the longest logs are left out, and nothing else', async () => {
  // Nothing of this can be compressed away.
  const log = Array.from({ length: 2000 }, () => `${randomBytes(60).toString('hex')}\n`).join('');
  await put('logs/long.c.log', log);
  await put('logs/short.c.log', 'short\n');
  const files = await packed(70_000);
  const kept = files['logs/long.c.log'] ?? '';
  expect(kept).toMatch(/^\.\.\. cut: the first \d+ of \d+ bytes are left out\n/);
  expect(log.endsWith(kept.slice(kept.indexOf('\n') + 1))).toBe(true);
  expect(kept.length).toBeGreaterThan(50_000);
  expect(files['logs/short.c.log']).toBe('short\n');
});

// The second fits, but not with the rest.
test.each([50_000, 110_000, 150_000])(
  "whether Longhorn's own bundle of %i bytes fits is reported, and nothing else is left out for it",
  async (size) => {
    const isIn = size === 50_000;
    await put('support-bundle.zip', randomBytes(size));
    await put('logs/m.c.log', randomBytes(30_000).toString('hex'));
    const files = await packed(120_000);
    expect('support-bundle.zip' in files).toBe(isIn);
    expect(files['logs/m.c.log']).toHaveLength(60_000);
    const readme = files['README.txt'] ?? '';
    const lies =
      'It lies beside this file, as a-backup-waits/support-bundle.zip; nothing in it was redacted.';
    const listed = "  support-bundle.zip\n      Longhorn's own support bundle, of the whole cluster";
    for (const part of [listed, 'when these files were written, but for support-bundle.zip.'])
      expect(readme.includes(part)).toBe(isIn);
    expect(readme.includes(lies)).toBe(!isIn);
  },
);
