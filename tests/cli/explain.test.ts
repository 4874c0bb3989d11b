import { mkdir, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import { runExplainCommand } from '../../e2e/cli/explain.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const folder = folderOfEachTest();

/** Packs files into a zip. */
const makeZip = (files: Record<string, string | Uint8Array>): Buffer => {
  const packed = Object.entries(files).map(([path, data]) => [
    path,
    typeof data === 'string' ? strToU8(data) : new Uint8Array(data),
  ]);
  return Buffer.from(zipSync(Object.fromEntries(packed)));
};

const answerTo = async (...args: string[]) =>
  JSON.parse((await explain([...args, '--output', 'json'])).stdout);

const answerOfInput = async (lines: string[]) =>
  JSON.parse((await explain(['-', '--output', 'json'], lines.join('\n'))).stdout);

const explain = (args: string[], input = '') => {
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([input]) as typeof process.stdin);
  return runInProcess(() => runExplainCommand(args));
};

const github = 'https://github.com/longhorn';
const snapshot = 'Failed to get the Snapshot s1';
const lock =
  'failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup create/restore, please try again later';
const refused = 'Action [backupList] not available on x';
const logged = (level: string) =>
  `time="2026-11-20T09:00:00Z" level=${level} msg="Created backup successfully but errored on cleanup for v" error="${refused}" x=y`;

test('a text that has several meanings is explained with the place of each', async () => {
  const { stdout, stderr, exitCode } = await explain([snapshot]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^It has 2 meanings; which one it is, the field and the state decide\.\n\ninformational: /,
  );
  for (const part of [
    '\n  known from: status.error of a Backup, in the state Error or Deleting\n  Longhorn >=1.8.0, as the product words it\n',
    '\n  https://github.com/longhorn/longhorn-manager/blob/v1.12.1/controller/backup_controller.go\n',
    '\n  in the catalogue: creation-without-snapshot\n\ninformational: it heals by itself; only one that never goes is a fault\nfailure: what failed stays undone; another attempt may succeed',
  ])
    expect(stdout).toContain(part);
});

test('a text comes from the standard input, a whole line of a log too', async () => {
  const { stdout, exitCode } = await explain(['-'], `${logged('warning')}\n`);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^warning: The first run of a new volume looked for old backups/);
  // At another level it is another message.
  expect(await explain(['-'], logged('info'))).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('By its level (log info)'),
  });
});

test('--output json is for programs', async () => {
  const [meaning] = (await answerTo(`failed to backup: ${lock}`, '--field', 'error')).meanings;
  expect(meaning).toMatchObject({
    id: 'creation-lost-lock',
    said: { by: 'Backup', fields: ['status.error'], states: ['Error', 'Deleting'], asCause: false },
    wordings: [{ versions: '>=1.8.0', origin: 'product', links: [`${github}/backupstore`] }],
  });
  expect((await explain(['failed to clone x: no space left on device'])).stdout).toContain(
    'operation unknown, cause no-space',
  );
  expect(await answerTo(snapshot)).toMatchObject({ class: null, meanings: [{}, {}] });
  const text = 'the dog ate it';
  expect(await answerTo(text)).toEqual({
    text,
    class: 'unclassified',
    diagnosis: null,
    ofOtherVersions: false,
    meanings: [],
    nearest: [],
  });
});

test('news report a failure only where the words of an operation, or a cause, say so', async () => {
  const news = (text: string) => explain([`time="t" level=debug msg="Restoring VolumeList" error="${text}"`]);
  const denied = await news(
    'admission webhook \\"validator.longhorn.io\\" denied the request: backingimage.longhorn.io \\"b\\" not found',
  );
  expect([denied.exitCode, denied.stdout.split('\n')[0]]).toEqual([
    0,
    expect.stringMatching(/^Longhorn refused a request/),
  ]);
  expect((await news('snapshot s not found')).stdout).toContain('By its level (log debug)');
});

test('what the catalogue does not know is unclassified, also where it knows it in another place', async () => {
  const elsewhere = ' in that field and state; without the flags it knows it';
  for (const [text, where] of Object.entries({ 'the dog ate it': '', [snapshot]: elsewhere })) {
    const stdout = `unclassified: the catalogue knows no such text${where}`;
    expect(await explain([text, '--field', 'log'])).toEqual({ exitCode: 1, stderr: '', stdout });
  }
});

test('for a part of a text the nearest rows are offered', async () => {
  const { stdout } = await explain(['failed to acquire lock']);
  expect(stdout).toMatch(/^unclassified: the catalogue knows no such text\n/);
  expect(stdout).toContain('\n    such as: failed to acquire lock ');
  const { nearest } = await answerTo('failed to acquire lock');
  expect(nearest).toEqual(['deletion-lost-lock', 'creation-lost-lock', 'restore-lost-lock']);
});

test('a text without its place is explained as all that it may be, also as a cause', async () => {
  const { meanings } = await answerTo('failed to delete backup: unlinkat /m/b.cfg: operation not permitted');
  expect(meanings.map(({ id }: { id: string }) => id)).toEqual(['deletion-denied']);
});

const failing = (error: string, at: number) =>
  `[pod/m/longhorn-manager] time="2026-01-01T00:00:0${at}Z" level=error msg="Failed to delta restore volume v" error="${error}" volume=v${at}`;

test('of several lines each is explained, equal ones counted, with their times and objects', async () => {
  const lines = [
    failing('no such host', 2),
    'whatever',
    failing('no such host', 1),
    failing('gzip: invalid checksum', 3),
  ];
  const { stdout, exitCode } = await explain(['-'], lines.join('\n'));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^Lines read: 4; messages known here: 3; different ones: 2\.\n\n2 x A restore failed\. The name/,
  );
  expect(stdout).toContain(
    '\n  from 2026-01-01T00:00:01Z to 2026-01-01T00:00:02Z\n  of volume v2, volume v1\n',
  );
});

test('failures of no known operation are told apart by the words around their cause', async () => {
  const lines = ['sort a', 'sort a', 'ask b'].map(
    (work, at) =>
      `time="2026-01-01T0${at}:00:00Z" level=error msg="failed to ${work}" error="no space left on device"`,
  );
  const { stdout } = await explain(['-'], lines.join('\n'));
  expect(stdout).toContain('\n2 x Something failed ("failed to sort a")');
  expect(stdout).toContain('\n1 x Something failed ("failed to ask b")');
});

test('an object that says nothing has no cause, as not its phase', async () => {
  const volume = 'apiVersion: v1\nkind: PersistentVolume\nstatus:\n  phase: Bound\n';
  expect(await explain(['-'], volume)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('the object has no message'),
  });
});

const progress = (day: string, percent: number) =>
  `time="2024-05-${day}T07:20:16Z" level=info msg="Creating backup b, current progress ${percent}"`;

test('the same number of a progress for a long time is not told as one that goes on', async () => {
  const toldOf = async (...lines: string[]) => (await explain(['-'], lines.join('\n'))).stdout;
  expect(await toldOf(progress('02', 15), progress('16', 15))).toContain(
    '2 x The number stayed the same from 2024-05-02T07:20:16Z to 2024-05-16T07:20:16Z',
  );
  for (const other of [progress('02', 15), progress('16', 16)])
    expect(await toldOf(progress('02', 15), other)).toContain('2 x informational: The job makes a backup');
});

test('what no row of the version has is told as known from others', async () => {
  const { stdout, exitCode } = await explain([progress('02', 15), '--longhorn', 'v1.5.3']);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^No row is of the version given/)]);
  expect((await explain([progress('02', 15), '--longhorn', 'v1.12.1'])).stdout).toMatch(/^informational: /);
  const failure = 'failed to hash snapshot s: cannot allocate memory';
  expect((await explain([failure, '--longhorn', 'v1.4.2'])).stdout).toBe((await explain([failure])).stdout);
  expect(await answerTo(progress('02', 15), '--longhorn', 'v1.5.3')).toMatchObject({ ofOtherVersions: true });
});

test('the exit code is 0 only if each message is known, of a failure its cause too', async () => {
  const quota = 'failed to create backup: disk quota exceeded';
  const unexplained = 'failed to create backup: of a reason of its own';
  const error = (text: string) => `time="t" level=error msg="${text}"`;
  const codeOf = async (...lines: string[]) => (await explain(['-'], lines.join('\n'))).exitCode;
  expect([
    await codeOf(quota),
    await codeOf(unexplained),
    await codeOf('the dog ate it: disk quota exceeded'),
    await codeOf(snapshot),
    await codeOf('snapshot becomes not ready to use'),
  ]).toEqual([0, 1, 1, 0, 0]);
  expect([
    await codeOf(error(quota), error('Failed to delta restore volume v: no such host')),
    await codeOf(error(quota), error(unexplained)),
    await codeOf(error(quota), error('the dog ate it')),
    await codeOf(error(quota), error('the dog ate it').replace('error', 'info')),
    await codeOf('Events:', 'none'),
  ]).toEqual([0, 1, 1, 0, 1]);
});

test('what is harmless is called so, an event without its age too', async () => {
  const event = 'Warning  Update  snapshot/s1  snapshot becomes not ready to use';
  expect(await answerTo(event)).toMatchObject({ diagnosis: { harmless: true, cause: null } });
  expect((await explain([event])).stdout).toContain('\n  operation snapshot-removed, cause none');
  expect(await answerTo('failed to create backup: disk quota exceeded')).toMatchObject({
    diagnosis: { harmless: false },
  });
});

test("an answer of longhorn-manager's API is read as one", async () => {
  const answer = '{"code":"Internal Server Error","message":"EOF","status":500,"type":"error"}';
  expect(await answerTo(answer)).toMatchObject({
    diagnosis: { operation: 'manager-request', cause: 'empty-request' },
  });
  expect(await answerTo(answer.replace('"error"', '"volume"'))).toMatchObject({ diagnosis: null });
});

test('a sentence that ends in a colon goes on in the next line', async () => {
  const text = 'failed to put object: volumes/v/backups/backup_b.cfg:\nAWS Error: SignatureDoesNotMatch oh';
  expect(await answerTo(text)).toMatchObject({ diagnosis: { operation: 'create', cause: 'config-upload' } });
});

test('the objects of a large list are read, whichever piece they are in', async () => {
  const object = (name: number) =>
    `- apiVersion: longhorn.io/v1beta2\n  kind: Backup\n  metadata:\n    name: b${name}\n    annotations:\n      long: ${'x'.repeat(80_000)}\n  status:\n    error: ${snapshot}\n    state: Error\n`;
  await writeFile(folder('list.txt'), Array.from({ length: 60 }, (_, index) => object(index)).join(''));
  const { groups } = await answerTo(folder('list.txt'));
  expect(groups).toMatchObject([{ count: 60, example: snapshot }]);
});

test("of a run's results what Longhorn said is explained, and nothing that the suite wrote of it", async () => {
  const said = 'a recurring job failed: no such host';
  const backup = { kind: 'Backup', metadata: { name: 'b' }, status: { state: 'Error', error: snapshot } };
  const history = [
    { recording: said, corral: 1 },
    { at: 1, marker: said, expectation: { label: said } },
    { at: 2, type: 'GAP', resource: 'recurringjobs', reason: said },
    { at: 3, type: 'ADDED', resource: 'backups', object: backup },
    { at: 4, type: 'ADDED', resource: 'cronjobs', object: { metadata: { annotations: { said } } } },
  ];
  const files = {
    'out/verdicts.ndjson': `${JSON.stringify({ scenario: { reason: said } })}\n`,
    'out/junit.xml': `<testcase name="${said}">`,
    'out/evidence/s/history.ndjson': history.map((line) => `${JSON.stringify(line)}\n`).join(''),
    'out/evidence/s/not-collected.txt': said,
    'out/evidence/s/logs/backupstore-1.x.log': said,
    'out/evidence/s.tar.gz': gzipSync(said),
  };
  await mkdir(folder('out/evidence/s/logs'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(folder(name), content);
  const { groups, unknown, lines } = await answerTo(folder('out'));
  expect([groups.map(({ example }: { example: string }) => example), unknown.count, lines]).toEqual([
    [snapshot],
    0,
    5,
  ]);
});

test('a file and a folder are read, packed or not', async () => {
  await mkdir(folder('bundle/pods'), { recursive: true });
  await writeFile(folder('bundle/pods/a.log'), `${failing('no such host', 1)}\n`.repeat(2));
  await writeFile(folder('bundle/b.log.gz'), gzipSync(`${failing('no such host', 2)}\n`));
  const { groups, lines } = await answerTo(folder('bundle'));
  expect([lines, groups.length, groups[0].count, groups[0].diagnosis.cause]).toEqual([
    3,
    1,
    3,
    'no-such-host',
  ]);
  expect(await answerTo(folder('bundle/b.log.gz'))).toMatchObject({ diagnosis: { cause: 'no-such-host' } });
});

test('a large file is read in pieces of whole records, as a pasted text is', async () => {
  const line = `time="2026-01-01T00:00:00Z" level=info msg="${'x'.repeat(200)}"\n`;
  // The first piece is full within the panic.
  const filler = line.repeat(Math.floor((1 << 18) / line.length));
  const framed =
    '│ time="2026-01-01T00:00:00Z" level=error msg="failed to create backup: disk quota exceeded"    │';
  const panic = `panic: ${'oh '.repeat(100)}\ngoroutine 1 [running]:\ngithub.com/longhorn/longhorn-manager/app.x(0x1)`;
  const file = folder('large.log');
  await writeFile(file, `${filler}${panic}\na\0b\n${framed}\n${line.repeat(20_000)}`);
  const { groups, lines } = JSON.parse((await explain([file, '--output', 'json'])).stdout);
  expect(groups.map(({ diagnosis }: { diagnosis: { cause: string } }) => diagnosis.cause).toSorted()).toEqual(
    ['panic-in-manager', 'quota'],
  );
  expect(lines).toBe(21_069);
});

test('a support bundle is read as the zip that it is, with the zips of nodes in it', async () => {
  const node = makeZip({ 'n1/hostLogs/m.log': `${failing('no such host', 2)}\n` });
  const bundle = makeZip({
    'logs/a.log': `${failing('no such host', 1)}\n`.repeat(2),
    'logs/b.log.gz': gzipSync(`${failing('no such host', 3)}\n`),
    'nodes/n1.zip': node,
    'yamls/backups.yaml':
      'items:\n- status:\n    error: >-\n      Failed to delta restore\n      volume v: no such host\n- status: {}\n',
    'yamls/none.yaml': 'items: []\nreason: the deletion of a backup failed\n',
  });
  await writeFile(folder('bundle.zip'), bundle);
  const { groups, lines } = await answerTo(folder('bundle.zip'));
  expect([lines, groups.map(({ count }: { count: number }) => count)]).toEqual([12, [5]]);
});

test('a zip that is broken, cut off or none is reported in a line', async () => {
  const whole = makeZip({ 'a.log': `${failing('no such host', 1)}\n`, 'b.log': 'x\n' });
  const flipped = Buffer.from(whole);
  // The checksum of the first file, in the directory of the zip.
  const at = whole.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 16;
  flipped.writeUInt8(flipped.readUInt8(at) ^ 0xff, at);
  for (const [content, why] of [
    [whole.subarray(0, whole.length - 30), 'End of central directory record signature not found'],
    [flipped, 'a.log is not what was packed'],
    [Buffer.from('none'), 'End of central directory record signature not found'],
  ] as const) {
    await writeFile(folder('broken.zip'), content);
    const { exitCode, stderr } = await explain([folder('broken.zip')]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(`broken.zip is no zip that can be read (${why}`),
    ]);
    expect(stderr).not.toContain('\n');
  }
});

test('what failed and why is printed before the rows of the catalogue, and no row of another operation', async () => {
  const text =
    'replica r failed the restore: failed to read block b.blk: AWS Error: AccessDenied Access Denied';
  const { diagnosis, meanings } = await answerTo(text);
  expect(diagnosis).toMatchObject({ operation: 'restore', cause: 'access-denied', data: null });
  expect(meanings.map(({ id }: { id: string }) => id)).toEqual(['restore-not-read']);
});

test('no row of the catalogue is printed for another cause, or of an operation that the text does not have', async () => {
  for (const text of [
    'failed to get b1 backup status: dial tcp 10.42.3.11:10697: connect: connection refused',
    'failed to create backup: mkdir /m/backupstore: permission denied',
    'failed to put object: b.blk error: AWS Error: AccessDenied Signature validation failed',
    'Error listing backups: cannot find volumes/00/a4/v/volume.cfg in backupstore',
    'failed lock volumes/97/d4/v/locks/lock-1.lck type 1 acquisition',
    'stat /storage/x: input/output error',
  ])
    expect(await answerTo(text)).toMatchObject({ diagnosis: { cause: expect.any(String) }, meanings: [] });
  const { meanings } = await answerTo(
    'cannot find volume in backupstore: cannot find volume.cfg in backupstore',
  );
  expect(meanings).toMatchObject([{ id: 'store-lacks-volume' }]);
});

test('the lines of what a mount says are one message', async () => {
  const mount =
    'E0707 16:16:48.858742 4734 mount_linux.go:272] Mount failed: exit status 32\nMounting command: mount\nOutput: mount.nfs4: mounting nas:/b failed, reason given by server: No such file or directory\n';
  expect((await explain(['-'], `x\n${mount}`)).stdout).toMatch(
    /1 x [^\n]* has no such export or share, or no such folder in it\.\n/,
  );
  expect((await explain(['-'], `x\n${mount}`)).stdout).toContain('Lines read: 4; messages known here: 1;');
});

test('the same bytes have the same answer as a text, a file and the standard input', async () => {
  for (const text of [
    failing('no such host', 1).replace(' error=', '\nerror='),
    `${failing('no such host', 1)}\n${failing('gzip: invalid checksum', 2)}`,
    "  message: 'failed to take snapshot\n    of the volume v: not\n    known'\n  state: failed",
    'failed to create backup to  for volume v: rpc error:\ndesc = missing input parameter',
    'Kind: BackupTarget\nStatus:\n  Message: failed to list\n    s3\n',
  ]) {
    await writeFile(folder('pasted.log'), text);
    const answers = [
      await explain([text]),
      await explain(['-'], text),
      await explain([folder('pasted.log')]),
    ];
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
  }
});

test('lines that are no failure by their level are not told as known, nor as unknown failures', async () => {
  const info = 'time="t" level=info msg="Failed to load the snapshot checksum"';
  const request = '10.42.0.9 - - [05/Jan/2026:08:45:07 +0000] "POST /v1/x HTTP/1.1" 200 521 "" "c"';
  expect(await explain(['-'], `${info}\n${request}`)).toEqual({
    exitCode: 0,
    stderr: '',
    stdout:
      'Lines read: 2; messages known here: 0; different ones: 0.\n\nNo line reports a failure: by their levels, all are informational (info or debug).',
  });
  expect((await explain(['-'], `${info}\n${info.replace('info', 'error')}`)).stdout).not.toContain('No line');
  const warning = `${info.replace('info', 'warning')}\n${request}`;
  expect(await explain(['-'], warning)).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('\n\nNo line is known here, and none'),
  });
  expect((await explain([info])).stdout).toContain('By its level (log info) it reports no failure.');
  const odd = 'time="t" level=warning msg="the dog ate it" controller=longhorn-x';
  expect((await explain([odd])).stdout).toContain('A warning alone proves no failure.');
  expect((await explain([odd.replace('warning', 'error')])).stdout).toContain('It was said by longhorn-x.');
});

test('a line of no failure that is said again and again is told, with its times and what it waits for', async () => {
  const line = (at: number, said: string) => `time="2026-01-01T0${at}:00:00Z" level=info msg="${said}"`;
  const toldOf = async (...lines: string[]) => (await explain(['-'], lines.join('\n'))).stdout;
  const waiting = [1, 2, 3].map((at) => line(at, 'Waiting for volume v1 to be attached'));
  expect(await toldOf(line(0, 'Started'), ...waiting)).toContain(
    'is said 3 times, from 2026-01-01T01:00:00Z to 2026-01-01T03:00:00Z: "Waiting for volume v1 to be attached". It waits for: volume v1 to be attached.',
  );
  expect(await toldOf(...waiting.slice(1))).not.toContain('is said');
  expect(await toldOf(...[1, 2, 3].map((at) => line(at, 'Begins')))).toMatch(/is said 3 times.*starts again/);
});

test('lines of one event are told as one, by what says most, and others are not', async () => {
  const error = (minute: number, said: string, fields = 'volume=v1') =>
    `time="2026-01-01T00:0${minute}:00Z" level=error msg="${said}" ${fields}`;
  const countsOf = async (...lines: string[]) =>
    (await answerOfInput(lines)).groups.map(
      ({ count, diagnosis }: { count: number; diagnosis: { operation: string; cause: string } }) => [
        count,
        diagnosis.operation,
        diagnosis.cause,
      ],
    );
  const why = 'failed to create backup: disk quota exceeded';
  const wrapped = error(0, 'Odd: disk quota exceeded');
  expect(await countsOf(wrapped, error(0, why), error(0, 'failed to create backup'))).toEqual([
    [3, 'create', 'quota'],
  ]);
  const { groups } = await answerOfInput([`E0101 10:00:00.123456       1 r.go:1] ${why}`, error(0, why)]);
  expect(groups).toMatchObject([{ count: 2, first: '10:00:00', last: '10:00:00' }]);
  const apart = [error(5, 'failed to create backup'), error(0, 'failed to create backup', 'volume=v2')];
  for (const other of apart) expect(await countsOf(error(0, why), other)).toHaveLength(2);
  expect(
    await countsOf(error(0, why), error(0, 'Failed to delta restore volume v: no such host')),
  ).toHaveLength(2);
});

test('in a log a failure whose cause is known comes first, then the most frequent', async () => {
  const unexplained = failing('of a reason of its own', 1);
  const waits = 'time="t" level=info msg="Waiting to enable the backup monitor for backup b"';
  const lines = [waits, waits, waits, unexplained, unexplained, failing('no such host', 2)];
  const { groups } = JSON.parse((await explain(['-', '--output', 'json'], lines.join('\n'))).stdout);
  expect(groups.map(({ count }: { count: number }) => count)).toEqual([1, 2, 3]);
});

test('failures whose causes are not known are counted by their words, whatever they name', async () => {
  const of = (reason: string) => failing(reason, 1);
  const lines = [of('one "a" of v-1'), of('one "b" of v-2'), of('another reason'), of('no such host at all')];
  const panics = ['panic: oh', '[signal SIGSEGV: segmentation violation'].map((each) => `[v-e-0] ${each}`);
  const { groups } = await answerOfInput([...lines, ...panics]);
  expect(groups.map(({ count }: { count: number }) => count)).toEqual([1, 2, 2, 1]);
});

test('of a panic what the same process said before is told', async () => {
  const said = (process: string) =>
    `[${process}] time="2026-01-01T00:00:00Z" level=info msg="Starting snapshot" snapshot=s1`;
  const before = 'before that the same process said: Starting snapshot, snapshot s1\n';
  const toldOf = async (...lines: string[]) => (await explain(['-'], lines.join('\n'))).stdout;
  expect(await toldOf(said('v-e-0'), said('v-r-00112233'), '[v-e-0] panic: oh')).toContain(before);
  expect(await toldOf(said('v-r-00112233'), '[v-e-0] panic: oh')).not.toContain('before that');
  expect(await toldOf(said('v-e-0'), '[v-e-0] fatal error: oh')).not.toContain('before that');
  expect(
    await toldOf('x', '[v-e-0] panic: oh', '[v-e-0] [signal SIGSEGV: segmentation violation]'),
  ).not.toContain('before that');
});

test('of a text that was cut off no row of the catalogue is told', async () => {
  const text =
    'failed to list backup volumes in azblob://c@s/: error listing backup volume names: failed to execute: /x [/x';
  expect(await answerTo(text)).toMatchObject({ meanings: [], diagnosis: { operation: 'list', cause: null } });
});
