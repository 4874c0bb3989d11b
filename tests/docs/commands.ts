import type { Arguments } from '../../e2e/cli/arguments/parse.ts';

/** What capital words of a command are: by the name of something in fixture.ts, or as it stands here. */
export type Words = Record<string, string>;

/**
 * How a command of the documents is run by the tests: as it stands, on a machine that has Node and a shell
 * and nothing else (so that one which would boot a lab gets as far as the line that says what is missing);
 * or, of a lab that there is not, by the command's own function; or by the test or the CI named, which holds
 * what is given of it; or, where it would need the Internet or get no farther than another, read by the
 * command's own reader of arguments, which has to understand it so.
 */
type How =
  | { exitCode: number; says: RegExp; words?: Words }
  | { withoutLab: string }
  | { by: string; holds: string }
  | { reads: Partial<Arguments>; words?: Words };

const inCi = (holds: string): How => ({ by: '.ci/run', holds });
const ends = (exitCode: number, says: RegExp, words: Words = {}): How => ({ exitCode, says, words });
const noGo = (command: string): How => ends(3, new RegExp(`^${command}: the Go tool chain is missing`, 'm'));
const bisected: How = { by: 'tests/safety/bad-inputs.txt', holds: '$ e2e --bisect' };
const noLab: How = { withoutLab: 'lab: no lab named lab is up; npx corral lab status lists them' };
/** Commands on a lab that is up, without `npx corral lab`. */
const onLab = [
  'logs node1, images ls, crash node2, start node2, freeze node2, thaw node2, cut node2',
  'join node2, slow node2 --delay 100ms --loss 5%, fast node2, disk node2 --error-after 30s',
  'disk node2 --heal, clock node2 --skew -10m, clock node2 --heal, apiserver restart',
  'etcd compact',
].join(', ');
const normal: How = { reads: { only: 'waits for it, then runs', provider: 'lab' } };
const taught = 'tests/docs/writing-a-scenario.cluster.test.ts';

/** The cluster of the stub server, by the flags that name one. */
const stub: Words = { FILE: 'a kubeconfig', NAME: 'stub', IMAGE: 'store:1' };
const results: Words = { DIR: "a run's results" };
const allClear = (RUN: string): How => {
  const said = new RegExp(`^nothing is in force: .*no fault in \\S+ is labelled with run ${RUN}$`, 'm');
  return ends(0, said, { ...stub, ...results, RUN });
};
const noLonghorn = ends(3, /^e2e: .*there is no Longhorn/m, {
  ...{ ...stub, UID: '3b0f6a8e-0000-4000-8000-000000000001', URL: 'http://127.0.0.1:1' },
  ...{ BUCKET: 'backups@us-east-1', SECRET: 'longhorn-system/mine' },
});

/** Every command that stands in a `sh` block of a document. */
export const commands: Record<string, How> = {
  // The two.
  'npm ci && npm run e2e': inCi('npm run --silent e2e'),
  'npm ci && npm test': inCi('npm test'),
  'npm run e2e': inCi('npm run --silent e2e'),
  'npx corral e2e --all': inCi('npm run --silent e2e -- --all'),
  'npx corral e2e --tags failing-store': { reads: { tags: 'failing-store', all: true } },

  // The same commands by one name.
  'npx corral --help': ends(0, /^Examples:$/m),
  'npx corral doctor': ends(1, /^✗ Go: the Go tool chain is missing/m),
  'npx corral e2e --list --tags upload': ends(0, /^1 scenario, about \d+ (min|s)/m),

  // Checks.
  'npm test': inCi('npm test'),
  'npm run lint': inCi('npm run --silent lint'),
  'npm run typecheck': inCi('npm run --silent typecheck'),
  'npm run knip': inCi('npm run --silent knip'),
  'npm run conformance': inCi('npm test -- --project conformance'),
  'npm run docs': ends(0, /^$/),
  'npx corral traceability': ends(0, /^\d+ sentences: \d+ proven, .*, 0 wrong$/m),
  'npx vitest run tests/longhorn/messages': ends(0, /Test Files .* passed/),
  'npx corral store matrix': {
    by: 'tests/emulator/support/store-matrix.ts',
    holds: "'store', 'matrix'",
  },
  'npx corral store matrix --engine ENGINE': ends(
    2,
    /^store matrix: --engine ENGINE: there is no such program/m,
  ),
  'npm run mutants': ends(3, /^mutants: page-hides-deleting needs a browser: there is no Chromium on PATH/m),
  'npm run mutants -- --only message-missing': noGo('mutants'),

  // A run, with any target.
  'npx corral e2e --longhorn official': { reads: { longhorn: 'official:v1.12.1', provider: 'lab' } },
  'npx corral e2e --longhorn official:v1.8.2': { reads: { longhorn: 'official:v1.8.2' } },
  'npx corral e2e --longhorn archive:DIR': ends(3, /has no manifest/, { DIR: 'an empty folder' }),
  'npx corral e2e --longhorn archive:DIR --registry-mirror URL': {
    reads: { registryMirror: 'http://127.0.0.1:9' },
    words: { DIR: 'docs', URL: 'http://127.0.0.1:9' },
  },
  'npx corral e2e --longhorn official:v1.12.1 --image longhorn-manager=./manager.tar': ends(
    2,
    /^e2e: --image longhorn-manager=\.\/manager\.tar: there is no .*manager\.tar: name an image archive$/m,
  ),
  'npx corral e2e --longhorn archive:DIR --image longhorn-engine=IMAGE --registry-mirror URL': {
    reads: {
      registryMirror: 'http://127.0.0.1:9',
      images: [{ image: 'longhorn-engine', by: 'me/engine:dev' }],
    },
    words: { DIR: 'docs', IMAGE: 'me/engine:dev', URL: 'http://127.0.0.1:9' },
  },
  'git bisect start BAD GOOD': bisected,
  'git bisect run sh -c \'make && docker save -o manager.tar longhornio/longhorn-manager:dev && cd CORRAL && npx corral e2e --longhorn official:v1.12.1 --image longhorn-manager=FOLDER/manager.tar --only "waits for it" --bisect\'':
    bisected,
  'npx corral e2e --store s3': { reads: { store: 's3', provider: 'lab' } },
  'npx corral e2e --store cifs': { reads: { store: 'cifs', provider: 'lab' } },
  'npx corral e2e --shard 2/8': { reads: { shard: { index: 2, of: 8 } } },
  'npx corral e2e --only deletion --repeat 10': { reads: { only: 'deletion', repeat: 10 } },
  "CORRAL_EMULATOR_CLOCK=real npx corral e2e --only 'waits for it, then runs'": noGo('e2e'),
  "CORRAL_EMULATOR_CLOCK=2.5 npx corral e2e --only 'waits for it, then runs'": normal,
  "CORRAL_EMULATOR_VERSION=v1.10.2 npx corral e2e --only 'waits for it, then runs'": normal,
  "CORRAL_EMULATOR_MUTANT=message-missing npx corral e2e --only 'waits for it, then runs'": normal,
  'npx corral emulator pack DIR': {
    by: 'tests/providers/emulator-pack.test.ts',
    holds: "'emulator', 'pack'",
  },

  // The scenario that the reader adds, which is in the checkout.
  "npx corral e2e --only 'outlives its volume'": { by: taught, holds: "'--only', 'outlives its volume'" },
  "npx corral e2e --only 'outlives its volume' --keep": {
    reads: { only: 'outlives its volume', keep: true },
  },
  "CORRAL_EMULATOR_MUTANT=finalizer-stays-without-volume npx corral e2e --only 'outlives its volume'": {
    reads: { only: 'outlives its volume' },
  },
  "npx corral e2e --longhorn official --only 'outlives its volume'": {
    reads: { longhorn: 'official:v1.12.1', only: 'outlives its volume' },
  },

  // A cluster that is there: one without a Longhorn.
  'npx corral e2e --provider existing --kubeconfig FILE --context NAME --store-image IMAGE --expect-cluster UID':
    noLonghorn,
  'npx corral e2e --provider existing --kubeconfig FILE --context NAME --expect-cluster UID --bucket name=BUCKET,secret=SECRET,endpoint=URL':
    noLonghorn,
  // There is no browser, so that all three on the UI are skipped.
  'npx corral e2e --list --provider existing --kubeconfig FILE --context NAME --store-image IMAGE': ends(
    0,
    /^8 of them will be played, 10 skipped:$/m,
    stub,
  ),
  'kubectl get namespace kube-system -o jsonpath={.metadata.uid}': ends(
    0,
    /^kubectl get namespace kube-system -o jsonpath=\{.metadata.uid\} was given$/m,
  ),
  'npx corral store image --out FILE': { by: 'tests/providers/store-image.test.ts', holds: "['--out', out]" },
  'npx corral doctor --provider existing --kubeconfig FILE --context NAME --store-image IMAGE': ends(
    1,
    /^✗ Longhorn/m,
    stub,
  ),
  'npx corral cleanup --kubeconfig FILE --context NAME --run RUN': ends(0, /nothing/, {
    ...stub,
    RUN: 'abc123',
  }),
  // As far as the first list that the stub server has not.
  'npx corral heal --kubeconfig FILE --context NAME --out DIR': allClear('aaaaaa'),
  'npx corral heal --kubeconfig FILE --context NAME --run RUN': allClear('abc123'),
  'npx corral rbac --allow LIST | kubectl apply -f -': ends(
    0,
    /^kubectl apply -f - was given Namespace ServiceAccount Role /m,
    { LIST: 'manager-kill,process-hold,manager-mount,store-stall,admission-policy' },
  ),
  'npx vitest run --project e2e': ends(3, /^e2e: CORRAL_KUBECONFIG is not set/m),
  'npx corral fleet --shards 8 --kubeconfig FILE --context NAME --image IMAGE': ends(3, /^fleet: /m, stub),

  // In Docker.
  'npx corral e2e --provider kind': { reads: { provider: 'kind' } },
  'npx corral e2e --provider k3d': { reads: { provider: 'k3d' } },

  // Reports, messages and stores.
  'npx corral merge-reports DIR': ends(1, /^2 passed, 1 failed$/m, { DIR: 'reports' }),
  'npx corral merge-reports --table DIR': ends(1, /^\| A \| ✓/m, { DIR: 'reports' }),
  'npx corral report DIR': ends(0, /^\.corral\/report\.html: 2 runs, /m, { DIR: 'reports' }),
  'npx corral compare DIR DIR': ends(0, /^2 scenarios: the same verdicts$/m, results),
  'npx corral replay DIR': ends(0, /^4 histories: 0 judged again, /m, {
    DIR: 'fixtures/recordings/longhorn-v1.8.2',
  }),
  "npx corral explain 'Failed to get the Snapshot s1' --field error --state Error --longhorn v1.9.2": ends(
    0,
    /^failure: The snapshot that the backup was to be made of was not there\.$/m,
  ),
  'npx corral bugs': ends(0, /^deletion-destroys-other-backups: data loss, Longhorn >=1\.8\.0$/m),
  'npx corral bugs show lock-fails-open': ends(0, /^promised: a deletion does not go on/m),
  'npx corral bugs report lock-fails-open --from DIR': ends(
    2,
    /^bugs: run \w+ did not meet the bug lock-fails-open: /m,
    results,
  ),
  "npx corral explain 'Failed to get the Snapshot s1'": ends(0, /^It has 2 meanings/),
  'npx corral store fsck FOLDER': ends(0, /sound/, { FOLDER: 'a store' }),
  'npx corral store fsck URL': ends(3, /^store: s3:\/\/backups\/longhorn: no region is named: /m, {
    URL: 's3://backups/longhorn',
  }),
  'npx corral store ls FOLDER': ends(0, /vol-a/, { FOLDER: 'a store' }),
  'npx corral store show FOLDER NAME': ends(0, /b1/, { FOLDER: 'a store', NAME: 'b1' }),

  // The lab.
  'npx corral lab up --nodes 3 --memory 1024M --disk 12G': noGo('lab'),
  'npx corral lab up --images DIR --manifest FILE': ends(3, /^lab: /m, {
    DIR: 'an empty folder',
    FILE: 'a manifest',
  }),
  'npx corral lab status': ends(0, /^no lab is up; npx corral lab up starts one$/m),
  'npx corral lab shell node1': ends(1, /^lab: no lab named lab is up; npx corral lab status lists them$/m),
  'npx corral lab down': ends(0, /^No lab named lab was up\.$/m),
  'npx corral lab prune': ends(0, /./),
  ...Object.fromEntries(onLab.split(', ').map((words) => [`npx corral lab ${words}`, noLab])),

  // Benchmarks: as far as the lab, or the commands that they take beside Node.
  'npm run bench -- lab 3': ends(3, /the Go tool chain is missing/),
  'npm run bench -- lab cold': ends(3, /is missing|ENOENT/),
  'npm run bench -- kills': ends(3, /spawn npm ENOENT/),
  'npm run bench -- store 100 1': ends(3, /ENOENT/),
  'npm run bench -- s3 100 1': ends(3, /the Go tool chain is missing/),
  'npm run bench -- suite': ends(3, /the Go tool chain is missing/),
  'npm run bench -- times e2e e2e-all': ends(3, /^npm: command not found|spawn npm ENOENT/m),
  'npm run bench -- polling': ends(3, /flock/),
};
