import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readPasted, readPrintedObjects } from '../../../e2e/longhorn/diagnosis/pasted.ts';

const logged =
  'time="2026-01-01T00:00:00Z" level=error msg="Failed to x" error="no \\"such\\" host" volume=v1 node=n1';
const read = {
  text: 'Failed to x: no "such" host',
  field: 'log error',
  time: '2026-01-01T00:00:00Z',
  objects: ['volume v1', 'node n1'],
};

test.each([
  ['as it is', logged],
  ['kubectl --timestamps', `2026-01-01T01:00:00.123456789+01:00 ${logged}`],
  ['a pod and its container', `[manager-x2x longhorn-manager] ${logged}`],
  ['kubectl --prefix', `[pod/longhorn-manager-x2x/longhorn-manager] ${logged}`],
  ['both', `[pod/longhorn-manager-x2x/longhorn-manager] 2026-01-01T00:00:00.1Z ${logged}`],
  ['stern', `longhorn-manager-x2x longhorn-manager ${logged}`],
  ['a container runtime', `2026-01-01T00:00:00.123456789Z stderr F ${logged}`],
  ['stern, with the namespace', `longhorn-system/longhorn-manager-x2x[longhorn-manager]: ${logged}`],
  ['printed as a string', JSON.stringify(`${logged}\n`)],
  ['printed as a string, and cut off', JSON.stringify(logged).slice(0, -1)],
  ['folded by a terminal', logged.replace(' x"', '\nx"').replace(' node=', '\nnode=')],
  ['a container runtime, as JSON', JSON.stringify({ log: `${logged}\n`, stream: 'stderr' })],
])('a line of a log: %s', (_, line) => {
  expect(readPasted(line, () => false)).toEqual([read]);
});

const lines = readFileSync(new URL('lines.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' | ') as [string, string, string, string]);

test.each(lines)('a line of another form, said by %s as %s: %s: %s', (controller, field, text, line) => {
  const wanted = Object.entries({ controller, field, text }).filter(([, value]) => value !== '-');
  expect(readPasted(line, () => false)).toEqual([expect.objectContaining(Object.fromEntries(wanted))]);
});

test.each([
  '"a text: b"',
  "'a text: b'",
  '`a text: b`',
  'info: a text: b',
  '    Message:  a text: b',
  '{"info":"a text: b"}',
  `'{"info":"a text: b"}'`,
  'map[info:a text: b]',
  '- error: "a text: b"',
  'message: >-\n    a text:\n    b',
])('a text alone, quoted: %j', (pasted) => {
  expect(readPasted(pasted, () => false)).toEqual([{ text: 'a text: b', objects: [] }]);
});

test('lines are messages where each says something or one is of a log; else they are one text', () => {
  const textsOf = (pasted: string) =>
    readPasted(pasted, (text) => text.startsWith('known')).map(({ text }) => text);
  expect(textsOf('known a\nknown b\n')).toEqual(['known a', 'known b']);
  expect(textsOf('known a, output {\n  Bucket: "b"\n}')).toEqual(['known a, output {\n  Bucket: "b"\n}']);
  expect(textsOf(`whatever\n${logged}`)).toEqual(['whatever', read.text]);
  expect(textsOf('\n \n')).toEqual([]);
});

test('an object that says nothing is no message; one that kubectl describes has its own', () => {
  const volume = 'apiVersion: v1\nkind: PersistentVolume\nstatus:\n  phase: Bound\n';
  expect(readPasted(volume, () => true)).toEqual([]);
  const annotated = volume.replace(
    'status:',
    'metadata:\n  annotations:\n    longhorn.io/volume-scheduling-error: none\nstatus:',
  );
  expect(readPasted(annotated, () => true)).toEqual([{ text: 'volume-scheduling-error: none', objects: [] }]);
  const target =
    'Kind:         BackupTarget\nStatus:\n  Conditions:\n    Message:               failed:\n      it is gone\n    Reason:                Unavailable\n';
  expect(readPasted(target, () => true)).toEqual([
    { text: 'failed: it is gone', controller: 'longhorn-backup-target', objects: [] },
  ]);
  const mount = 'cannot mount nfs n:/b\nMounting command: mount\nOutput: mount.nfs4: no such export';
  expect(readPasted(`Kind: Backup\nStatus:\n  Error:  ${mount}\n  Messages:\n`, () => true)).toEqual([
    { text: mount.replaceAll('\n', ' '), controller: 'longhorn-backup', objects: [] },
  ]);
  const answer = '{\n"data": [{ "type": "backupTarget", "message": "gone" }]\n}';
  expect(readPasted(answer, () => false)).toEqual([
    { text: 'gone', controller: 'longhorn-backup-target', objects: [] },
  ]);
});

test('conditions without their object are read, and the frame behind a line is none of its text', () => {
  const conditions = 'Ready:\n  Message:   a b\n  Reason:    X\nOther:\n  Message:   c d\n  Reason:    Y';
  expect(readPasted(conditions, () => false).map(({ text }) => text)).toEqual(['a b', 'c d']);
  expect(readPasted('  Warning  Failed  5m  kubelet  a b     │', () => false)[0]?.text).toBe('a b');
});

test('a field of a record that begins a line goes on with the record', () => {
  const record = 'time="t" level=error msg="Failed to x"\n error="gone"';
  expect(readPasted(record, () => false)).toMatchObject([{ text: 'Failed to x: gone' }]);
});

test('the lines of a stack are left out', () => {
  const stack =
    'fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [sync.WaitGroup.Wait]:\nsync.runtime_SemacquireWaitGroup(0xc000a1b2c0?)\ngithub.com/longhorn/longhorn-manager/app/recurringjob.StartVolumeJobs(0xc0004a6000)\n\t/app/app/recurringjob/volume.go:74 +0x6e5';
  expect(readPasted(stack, () => false)).toHaveLength(1);
});

test('records that a terminal broke at its width are whole again, and no other lines', () => {
  const records = [1, 2].map(
    (each) =>
      `time="2026-01-01T00:00:0${each}Z" level=error msg="${'some words '.repeat(16)}end" volume=v${each}`,
  );
  const broken = records.flatMap((record) => record.match(/.{1,70}/g)?.map((piece) => piece.trimEnd()) ?? []);
  const textsOf = (lines: string[]) => readPasted(lines.join('\n'), () => true).map(({ text }) => text);
  expect(textsOf(broken)).toEqual(textsOf(records));
  const others = ['a'.repeat(70), 'b'.repeat(70)];
  expect(textsOf(others)).toEqual(others);
});

test('a record that was folded ends where another begins, and does not take in what is no part of it', () => {
  const folded = 'time="t" level=error msg="Failed to\nx y" error="a\nb"';
  const textsOf = (pasted: string) => readPasted(pasted, () => false).map(({ text }) => text);
  expect(textsOf(`${folded}\n${folded}`)).toEqual(['Failed to x y: a b', 'Failed to x y: a b']);
  expect(textsOf(`time="t" level=error msg="cut o\n2026-01-01 10:00:00 other\n[v-r-1] other`)).toHaveLength(
    3,
  );
  expect(textsOf(`time="t" level=error msg="whole"\nresponse: lost`)).toEqual(['whole', 'response: lost']);
  const long = `time="t" level=error msg="open${'\nx'.repeat(30)}`;
  expect(textsOf(long).length).toBeGreaterThan(1);
});

test('a stack whose lines have times before them is one message, with its functions', () => {
  const time = '2026-01-01T00:00:00.123456789Z ';
  const stack = [
    'panic: oh',
    'goroutine 1 [running]:',
    'panic({0x1})',
    '\t/usr/p.go:1',
    'github.com/longhorn/x/y.z(0x1)',
  ];
  const [only, ...more] = readPasted(stack.map((line) => `${time}${line}`).join('\n'), () => false);
  expect([only?.text.includes('\ngithub.com/longhorn/x/y.z('), more]).toEqual([true, []]);
});

test('what mount printed over several lines belongs to the event before it', () => {
  const event = (text: string) => `  Warning  FailedMount  10m  kubelet, n1  ${text}`;
  const first = event('Unable to mount volumes: timed out');
  const failed = [
    event('MountDevice failed: mount failed: exit status 32'),
    'Mounting command: mount',
    'Output: Running scope as unit run-1.scope.',
    'mount: wrong fs type on 10.0.0.1:/v,',
    '       missing codepage',
  ].join('\n');
  const read = readPasted([first, failed, first].join('\n'), () => true);
  expect(read).toHaveLength(3);
  expect(read[1]?.text).toMatch(/missing codepage$/);
});

test('a line that was pasted with its quotes escaped is read without the escapes', () => {
  const bare = 'level=error msg="it failed" error="no \\"x\\""';
  const escaped = bare.replace(/[\\"]/g, '\\$&');
  const [expected] = readPasted(bare, () => false);
  expect(expected).toMatchObject({ field: 'log error' });
  expect(readPasted(escaped, () => false)).toEqual([expected]);
  expect(readPasted(`time=\\"t\\" ${escaped}`, () => false)).toEqual([{ ...expected, time: 't' }]);
  expect(readPasted(`"time=\\"t\\" ${escaped}\\n"`, () => false)).toEqual([{ ...expected, time: 't' }]);
  const record = `time=\\"t\\" ${escaped}`;
  const timed = { ...expected, time: 't' };
  expect(readPasted(`${record}\\n${record}`, () => false)).toEqual([timed, timed]);
});

test('an event that a controller logs is of its own type, and a line of a replica within another of its own level', () => {
  const event = (type: string) =>
    `time="t" level=info msg="Event(v1.ObjectReference{Kind:\\"Engine\\", Namespace:\\"l\\", Name:\\"e1\\", UID:\\"\\"}): type: '${type}' reason: 'FailedStopping' it failed"`;
  const read = { text: 'it failed', state: 'FailedStopping', time: 't', objects: ['engine e1'] };
  expect(readPasted(event('Warning'), () => false)).toEqual([{ ...read, field: 'event Warning' }]);
  expect(readPasted(event('Normal'), () => false)).toEqual([{ ...read, field: 'event Normal' }]);
  const within = 'time="t" level=warning msg="v-r-de5a0267: time=\\"u\\" level=error msg=\\"it failed\\""';
  expect(readPasted(within, () => false)).toMatchObject([
    { text: 'it failed', field: 'log error', time: 'u' },
  ]);
});

test('many lines that no log has are no one text, however little each says', () => {
  const lines = (count: number) => readPasted('a line\n'.repeat(count), () => false).length;
  expect([lines(3), lines(100)]).toEqual([1, 100]);
});

test('states are read from a table of kubectl, and of objects without a message', () => {
  const textsOf = (pasted: string) => readPasted(pasted, () => false).map(({ text }) => text);
  const tables = `# kubectl get systembackups
NAME   VERSION   STATE   CREATED   LASTSYNCEDAT
s1               Error             2026-01-13T05:36:43Z
NAME      URL    CREDENTIAL   LASTBACKUPAT   AVAILABLE   LASTSYNCEDAT
default                       5m0s           true        2026-05-25T05:49:54Z
other     u                   5m0s           false       2026-05-25T05:49:54Z
NAME   DATA ENGINE   STATE      ROBUSTNESS   SCHEDULED   SIZE
v1     v1            detached   faulted                  1
NAME   AGE
p      Error`;
  expect(textsOf(tables)).toEqual([
    'SystemBackup s1 is in the state Error',
    'BackupTarget default is available, and has no URL',
    'BackupTarget other is not available',
    'Volume v1 is faulted',
  ]);
  const target = 'spec:\n  backupTargetURL: u\nstatus:\n  available: false\n  conditions: null\n';
  expect(textsOf(target)).toEqual(['BackupTarget of that name is not available']);
  expect(textsOf('items:\n- kind: Backup\n  metadata:\n    name: b\n  status:\n    state: Error\n')).toEqual([
    'Backup b is in the state Error',
  ]);
  expect(textsOf('kind: Pod\nstatus:\n  state: Error\n')).toEqual([]);
});

test('a text that quotes the log of a process is one text, and the value of one key is too', () => {
  const quoting =
    'error listing backups: failed to execute: x, stderr, time="t" level=error msg="Failed to y"';
  const value = `    message: |-\n      failed to list:\n\n      ${', stderr time="t" level=error msg="Failed to list s3"'}`;
  expect(readPasted(quoting, () => false)).toEqual([{ text: quoting, objects: [] }]);
  expect(readPasted(value, () => true)).toHaveLength(1);
});

test('a line of longhorn-manager has its controller', () => {
  expect(readPasted(`${logged} controller=longhorn-backup`, () => false)).toEqual([
    { ...read, controller: 'longhorn-backup' },
  ]);
});

test('of an object that kubectl printed its conditions are read in their place, and its other texts', () => {
  const yaml = `apiVersion: v1
kind: Volume
status:
  conditions:
  - lastTransitionTime: "2026-01-01T00:00:00Z"
    message: insufficient storage
    reason: ReplicaSchedulingFailure
    status: "False"
    type: Scheduled
  - message: ""
    status: "False"
    type: Restore
  error: >-
    failed to
    x: y
`;
  expect(readPasted(yaml, () => false)).toEqual([
    { text: 'insufficient storage', field: 'condition Scheduled', state: 'False', objects: [] },
    { text: 'failed to x: y', objects: [] },
  ]);
  expect(
    readPrintedObjects('kind: Event\ntype: Warning\nreason: FailedRestore\nmessage: it failed\n---\na: b'),
  ).toEqual([{ text: 'it failed', field: 'event Warning', state: 'FailedRestore', objects: [] }]);
  expect(readPrintedObjects('kind: x\nstatus: {}')).toEqual([]);
  for (const none of ['a line\nand another', 'Error: a: b: c\n', '[1'])
    expect(readPrintedObjects(none)).toBeUndefined();
});

test("a replica's line that longhorn-manager logged with its own quotes is read as it was said", () => {
  const relayed =
    '[longhorn-manager-jm2s8] time="2020-04-04T02:25:20Z" level=warning msg="v-r-1: time="2020-04-04T02:25:19Z" level=fatal msg="Error running start replica command: exit status 2""';
  expect(readPasted(relayed, () => false)).toMatchObject([
    {
      text: 'Error running start replica command: exit status 2',
      field: 'log fatal',
      time: '2020-04-04T02:25:19Z',
    },
  ]);
});

test('a snapshot that was printed as Go prints it is recognised by its name', () => {
  const line = 'time="t" level=error msg="Failed to x" snapshot="&{s1 2024-06-12T10:25:26Z}"';
  expect(readPasted(line, () => false)).toMatchObject([{ objects: ['snapshot s1'] }]);
});

test('the error of an object has the state that stands beside it', () => {
  const backup = 'kind: Backup\nstatus:\n  error: it was not read\n  state: Completed\n';
  expect(readPasted(backup, () => false)).toEqual([
    {
      text: 'it was not read',
      field: 'status.error',
      state: 'Completed',
      controller: 'longhorn-backup',
      objects: [],
    },
  ]);
});

const frame =
  'github.com/longhorn/longhorn-manager/csi.(*ControllerServer).getX(0xc0006c12c0, {0xc00087d096, 0x28})';

test('lines of a stack without its first one are one message, in the frame of k9s too', () => {
  const textsOf = (...lines: string[]) => readPasted(lines.join('\n'), () => false).map(({ text }) => text);
  const boxed = [
    `│ longhorn-csi-plugin ${frame}   │`,
    '│ longhorn-csi-plugin     /go/src/x.go:287 +0x2e0   │',
  ];
  expect(textsOf(...boxed)).toEqual([`stack: \n${frame}\n    /go/src/x.go:287 +0x2e0`]);
  expect(textsOf(frame)).toEqual([`stack: \n${frame}`]);
  expect(textsOf(`[manager-x2] ${frame}`, 'panic: oh')).toEqual(['panic: oh']);
  expect(textsOf('panic(0x1931a20, 0x2c92950)', frame)[0]).toMatch(/^stack: /);
  expect(textsOf('E0101 10:00:00.1  1 x.go:1] Observed a panic: oh', frame)[0]).toMatch(/^Observed/);
  expect(textsOf('exit status 1')).toEqual([]);
});

test("a fault that MinIO logs in several lines is one message, with each line's time too", () => {
  const fault = [
    'API: SYSTEM()',
    '04/11/2020 10:33:13 Time: 09:33:13 UTC',
    'Error: oh',
    '      1: cmd/x.go:1:x()',
  ];
  expect(readPasted([...fault, ...fault].join('\n'), () => true).map(({ text }) => text)).toEqual([
    fault.join('\n'),
    fault.join('\n'),
  ]);
  expect(readPasted([...fault, 'other: x'].join('\n'), () => true)).toHaveLength(2);
});

test('a line of klog that was folded is one message', () => {
  const lines = 'E0922 00:11:49.053068       1 x.go:804] "Unhandled" err="failed to\nrestore b"';
  expect(readPasted(lines, () => false)).toMatchObject([{ text: '"Unhandled" err="failed to\nrestore b"' }]);
});

test('an event that was cut off behind its age has its reason, and a table beside events is read', () => {
  const table = 'NAME  ROBUSTNESS   SCHEDULED\ndr    faulted      x';
  const pasted = readPasted(`${table}\n  Warning  FailedRestore  4m28s\n`, () => false);
  expect(pasted.map(({ text, state }) => [text, state])).toEqual([
    ['Volume dr is faulted', undefined],
    ['NAME  ROBUSTNESS   SCHEDULED', undefined],
    ['dr    faulted      x', undefined],
    ['FailedRestore', 'FailedRestore'],
  ]);
});

test('a reason that stands behind a table is a text of its own', () => {
  const table =
    "NAME  SNAPSHOTNAME  STATE\nb1    s1            Error\nb2 is a text with Errors of it\n    error: 'failed to\n      back up s1";
  expect(readPasted(table, () => false).map(({ text }) => text)).toEqual([
    'Backup b1 is in the state Error',
    expect.stringMatching(/^'failed to\s+back up s1$/),
  ]);
});

test('the process that a line is of is an object that it is about', () => {
  for (const line of [`[v-e-0] ${logged}`, '[v-e-0] panic: oh'])
    expect(readPasted(line, () => false)[0]?.objects).toContain('engine v-e-0');
});

test('a line of Velero, or of MinIO as JSON, is not taken for one of Longhorn', () => {
  for (const field of ['logSource="pkg/controller/x.go:1"', 'backupLocation=velero/default'])
    expect(readPasted(`time="t" level=error msg="oh" controller=backup ${field}`, () => false)).toMatchObject(
      [{ controller: 'velero' }],
    );
  const minio = { level: 'ERROR', time: 't', api: { name: 'PutObject' }, error: { message: 'oh' } };
  expect(readPasted(JSON.stringify(minio), () => false)).toMatchObject([
    { text: 'API: PutObject() Error: oh' },
  ]);
  expect(readPasted(JSON.stringify({ ...minio, api: {} }), () => false)).not.toMatchObject([
    { level: 'ERROR' },
  ]);
});

test('a table is of the kind that has its columns', () => {
  const stateIn = (...columns: string[]) =>
    readPasted(
      `${columns.join('   ')}\n${columns.map((each) => each.toLowerCase()).join('   ')}\n`,
      () => false,
    ).map(({ text }) => text);
  expect(stateIn('NAME', 'STATE', 'AGE')).toEqual(['SystemRestore name is in the state state']);
  expect(stateIn('NAME', 'STATE', 'TYPE', 'NODE', 'AGE')).toEqual([
    'InstanceManager name is in the state state',
  ]);
  expect(stateIn('NAME', 'STATE', 'AGE', 'IMAGE')).toEqual([expect.stringContaining('NAME')]);
});

test('a line that longhorn-manager logged again is of the replica or engine that said it', () => {
  const again = (name: string) => {
    const [said] = readPasted(
      `time="t" level=warning msg="${name}: time=\\"u\\" level=error msg=\\"oh\\""`,
      () => false,
    );
    return [said?.text, said?.controller, said?.objects];
  };
  expect([again('v-r-332ddc2d'), again('v-e-332ddc2d')]).toEqual([
    ['oh', 'replica process', ['replica v-r-332ddc2d']],
    ['oh', 'engine process', ['engine v-e-332ddc2d']],
  ]);
});

test('a record that a log store quotes in other JSON is read, whatever stands around it', () => {
  const quoted = JSON.stringify(logged);
  for (const around of [
    `  "message": [\n    ${quoted}\n  ],\n  "pod": [\n    "p"\n  ],`,
    `{\n  "_source": {\n    "message": ${quoted}\n  }\n}`,
    `{"streams":[{"values":[["1690000000", ${quoted}]]}]}`,
  ])
    expect(readPasted(around, () => false)).toEqual([read]);
  expect(readPasted('{\n"message": ["time=\\"x\\q"\n]', () => false)).toHaveLength(1);
});

test('a message before an object is read too, without what was typed between', () => {
  const object = 'Name: b\nKind:   Backup\nStatus:\n  Error:  it failed';
  const textsIn = (isKnown: boolean) =>
    readPasted(`the reason\n\nPVC:\n$ kubectl describe\n${object}`, () => isKnown).map(({ text }) => text);
  expect([textsIn(true), textsIn(false)]).toEqual([['the reason', 'it failed'], ['it failed']]);
});

test('an address that a terminal broke is one text again', () => {
  const [only, ...more] = readPasted(
    'failed: Get https://store.ex\nample.com:9000/b?x: no such host',
    () => true,
  );
  expect([only?.text, more]).toEqual(['failed: Get https://store.example.com:9000/b?x: no such host', []]);
});

const lastState = (code: number) =>
  `x is known\nPod\n  Last State:     Terminated\n    Reason:       Error\n    Exit Code:    ${code}\n  Ready: False`;

test('how a container ended is told of describe and YAML, unless it ended well', () => {
  const textsIn = (text: string) =>
    readPasted(text, (line) => line === 'x is known').map(({ text: said }) => said);
  const ended = 'A container terminated with exit code 1 (Error)';
  expect(textsIn(lastState(1))).toEqual([ended, 'x is known']);
  expect(textsIn(lastState(0))).not.toContain(ended);
  const yaml = (code: number) =>
    `kind: Pod\nstatus:\n  terminated:\n    exitCode: ${code}\n    message: oh\n`;
  expect(textsIn(yaml(1))).toEqual([`${ended}: oh`]);
  expect(textsIn(yaml(0))).toEqual([]);
});

test('a long list of objects is read to its end, and a long text that is no YAML is given up at once', () => {
  const list = Array.from(
    { length: 1000 },
    (_, index) => `- kind: Backup\n  status:\n    state: Error\n    error: no ${index}\n`,
  ).join('');
  const last = { text: 'no 999', field: 'status.error', state: 'Error' };
  expect(readPrintedObjects(list)).toHaveLength(1000);
  expect(readPrintedObjects(list)?.at(-1)).toMatchObject(last);
  expect(readPrintedObjects(`  status:\n${list.repeat(100)}`)).toBeUndefined();
}, 15_000);
