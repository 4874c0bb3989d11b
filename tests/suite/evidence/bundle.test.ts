import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { beforeEach, expect, test } from 'vitest';
import { packBundle } from '../../../e2e/suite/evidence/bundle/bundle.ts';
import { sampleReport, scenarioReport } from '../../support/scenario-report.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let out: string;
let folder: string;
beforeEach(async () => {
  out = await temporaryFolder();
  folder = join(out, 'a-backup-waits');
  await mkdir(join(folder, 'logs'), { recursive: true });
  await writeFile(join(folder, 'history.ndjson'), '{"recording":"A backup waits"}\n');
});

const target = { name: 'emulator', version: '1.2.3' } as const;
const report = sampleReport(
  [scenarioReport('A backup waits', { state: 'failed', reason: 'it did not\nwait' })],
  { target },
);

const filesOf = async (path: string): Promise<Record<string, string>> => {
  const files: Record<string, string> = {};
  const archive = extract();
  const read = async () => {
    for await (const entry of archive) files[entry.header.name] = await text(entry);
  };
  await Promise.all([pipeline(createReadStream(path), createGunzip(), archive), read()]);
  return files;
};

test('everything that was kept is in it, with the report and what there is to know for one who has nothing else', async () => {
  await writeFile(join(folder, 'logs', 'm.c.log'), 'a line\n');
  const path = await packBundle(folder, { report, name: 'A backup waits' });
  expect(path).toBe(`${folder}.tar.gz`);
  const files = await filesOf(path);
  expect(Object.keys(files)).toEqual(
    ['README.txt', 'report.json', 'history.ndjson', 'logs/m.c.log'].map((name) => `a-backup-waits/${name}`),
  );
  expect(JSON.parse(files['a-backup-waits/report.json'] ?? '')).toEqual(report);
  expect(files['a-backup-waits/logs/m.c.log']).toBe('a line\n');
  const readme = files['a-backup-waits/README.txt'];
  for (const told of [
    'A backup waits\n',
    "failed in Corral's run abc123",
    'emulator 1.2.3',
    'Kubernetes v1.34.1',
    '  it did not\n  wait\n',
    'npm run replay -- ',
  ])
    expect(readme).toContain(told);
  expect((await readdir(out)).sort()).toEqual(['a-backup-waits', 'a-backup-waits.tar.gz']);
});

test('where it would be too large, the oldest lines of the longest logs are left out, and nothing else', async () => {
  // Nothing of this can be compressed away.
  const line = () => `${Array.from({ length: 12 }, () => Math.random().toString(36).slice(2)).join('')}\n`;
  const log = Array.from({ length: 2000 }, line).join('');
  await writeFile(join(folder, 'logs', 'long.c.log'), log);
  await writeFile(join(folder, 'logs', 'short.c.log'), 'short\n');
  const most = 100_000;
  const path = await packBundle(folder, { report, name: 'A backup waits', most });
  expect((await stat(path)).size).toBeLessThanOrEqual(most);
  const files = await filesOf(path);
  const kept = files['a-backup-waits/logs/long.c.log'] ?? '';
  expect(kept).toMatch(/^\.\.\. cut: the first \d+ of \d+ bytes are left out\n/);
  expect(log.endsWith(kept.slice(kept.indexOf('\n') + 1))).toBe(true);
  expect(kept.length).toBeGreaterThan(50_000);
  expect(files['a-backup-waits/logs/short.c.log']).toBe('short\n');
});

test.each([
  ['fits', 50_000, true],
  ['does not fit', 150_000, false],
  ['does not fit with the rest', 110_000, false],
])(
  "where Longhorn's own bundle %s, that is told, and nothing else is left out for it",
  async (_, size, isIn) => {
    await writeFile(join(folder, 'support-bundle.zip'), randomBytes(size));
    await writeFile(join(folder, 'logs', 'm.c.log'), randomBytes(30_000).toString('hex'));
    const path = await packBundle(folder, { report, name: 'A backup waits', most: 120_000 });
    expect((await stat(path)).size).toBeLessThanOrEqual(120_000);
    const files = await filesOf(path);
    expect('a-backup-waits/support-bundle.zip' in files).toBe(isIn);
    expect(files['a-backup-waits/logs/m.c.log']).toHaveLength(60_000);
    const readme = files['a-backup-waits/README.txt'] ?? '';
    expect(
      readme.includes("  support-bundle.zip\n      Longhorn's own support bundle, of the whole cluster"),
    ).toBe(isIn);
    expect(
      readme.includes(
        'It lies beside this file, as a-backup-waits/support-bundle.zip; nothing in it was redacted.',
      ),
    ).toBe(!isIn);
    expect(
      readme.includes('Secrets were redacted when these files were written, but for support-bundle.zip.'),
    ).toBe(isIn);
  },
);
