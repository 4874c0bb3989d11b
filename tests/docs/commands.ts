import type { Arguments } from '../../e2e/cli/arguments/parse.ts';

/**
 * Where capital words of a command come from: a kubeconfig of the stub API server, a folder with two reports,
 * ... (see fixture.ts).
 */
export type Words = Partial<
  Record<
    'BUCKET' | 'DIR' | 'FILE' | 'FOLDER' | 'IMAGE' | 'LIST' | 'NAME' | 'RUN' | 'SECRET' | 'UID' | 'URL',
    Word
  >
>;
type Word =
  | 'an empty folder'
  | 'a store'
  | 'reports'
  | "a run's results"
  | 'a manifest'
  | 'a kubeconfig'
  | { is: string };

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
const noGo = (command: string): How => ({
  exitCode: 3,
  says: new RegExp(`^${command}: the Go tool chain is missing`, 'm'),
});
const bisected: How = { by: 'tests/safety/bad-inputs.txt', holds: '$ e2e --bisect' };
const noLab: How = { withoutLab: 'lab: no lab named lab is up; npm run lab -- status lists them' };
const normal: How = { reads: { only: 'waits for it, then runs', provider: 'lab' } };
const taught = 'tests/docs/writing-a-scenario.cluster.test.ts';

/** The cluster of the stub server, by the flags that name one. */
const stub: Words = { FILE: 'a kubeconfig', NAME: { is: 'stub' }, IMAGE: { is: 'store:1' } };

/** Every command that stands in a `sh` block of a document. */
export const commands: Record<string, How> = {
  // The two.
  'npm ci && npm run e2e': inCi('npm run --silent e2e'),
  'npm ci && npm test': inCi('npm test'),
  'npm run e2e': inCi('npm run --silent e2e'),

  // The same commands by one name.
  'npx corral --help': { exitCode: 0, says: /^Examples:$/m },
  'npx corral doctor': { exitCode: 1, says: /^✗ Go: the Go tool chain is missing/m },
  'npx corral e2e --list --tags upload': { exitCode: 0, says: /^1 scenario, about \d+ (min|s)/m },

  // Checks.
  'npm test': inCi('npm test'),
  'npm run lint': inCi('npm run --silent lint'),
  'npm run typecheck': inCi('npm run --silent typecheck'),
  'npm run knip': inCi('npm run --silent knip'),
  'npm run conformance': inCi('npm run --silent conformance'),
  'npm run docs': { exitCode: 0, says: /^$/ },
  'npm run traceability': { exitCode: 0, says: /^\d+ sentences: \d+ proven, .*, 0 wrong$/m },
  'npx vitest run --project unit tests/longhorn/messages': { exitCode: 0, says: /Test Files .* passed/ },
  'npm run store-matrix': { by: 'tests/emulator/support/store-matrix.ts', holds: 'scripts/store-matrix.ts' },
  'npm run store-matrix -- --engine FILE': {
    exitCode: 2,
    says: /^store-matrix: --engine .*: there is no such program/m,
    words: { FILE: { is: 'nowhere/longhorn' } },
  },
  'npm run mutants': noGo('mutants'),
  'npm run mutants -- --only message-missing': noGo('mutants'),

  // A run, with any target.
  'npm run e2e -- --longhorn official': { reads: { longhorn: 'official:v1.12.1', provider: 'lab' } },
  'npm run e2e -- --longhorn official:v1.8.2': { reads: { longhorn: 'official:v1.8.2' } },
  'npm run e2e -- --longhorn archive:DIR': {
    exitCode: 3,
    says: /has no manifest/,
    words: { DIR: 'an empty folder' },
  },
  'npm run e2e -- --longhorn archive:DIR --registry-mirror URL': {
    reads: { registryMirror: 'http://127.0.0.1:9' },
    words: { DIR: { is: 'docs' }, URL: { is: 'http://127.0.0.1:9' } },
  },
  'npm run e2e -- --longhorn official:v1.12.1 --image longhorn-manager=./manager.tar': {
    exitCode: 2,
    says: /^e2e: --image longhorn-manager=\.\/manager\.tar: there is no .*manager\.tar: name an image archive$/m,
  },
  'npm run e2e -- --longhorn archive:DIR --image longhorn-engine=IMAGE --registry-mirror URL': {
    reads: {
      registryMirror: 'http://127.0.0.1:9',
      images: [{ image: 'longhorn-engine', by: 'me/engine:dev' }],
    },
    words: { DIR: { is: 'docs' }, IMAGE: { is: 'me/engine:dev' }, URL: { is: 'http://127.0.0.1:9' } },
  },
  'git bisect start BAD GOOD': bisected,
  'git bisect run sh -c \'make && docker save -o manager.tar longhornio/longhorn-manager:dev && cd CORRAL && npm run e2e -- --longhorn official:v1.12.1 --image longhorn-manager=FOLDER/manager.tar --only "waits for it" --bisect\'':
    bisected,
  'npm run e2e -- --store s3': { reads: { store: 's3', provider: 'lab' } },
  'npm run e2e -- --shard 2/8': { reads: { shard: { index: 2, of: 8 } } },
  'npm run e2e -- --only deletion --repeat 10': { reads: { only: 'deletion', repeat: 10 } },
  "CORRAL_EMULATOR_CLOCK=real npm run e2e -- --only 'waits for it, then runs'": noGo('e2e'),
  "CORRAL_EMULATOR_VERSION=v1.10.2 npm run e2e -- --only 'waits for it, then runs'": normal,
  "CORRAL_EMULATOR_MUTANT=message-missing npm run e2e -- --only 'waits for it, then runs'": normal,
  'npm run emulator:pack -- DIR': { by: 'tests/providers/emulator-pack.test.ts', holds: 'emulator-pack.ts' },

  // The scenario that the reader adds, which is in the checkout.
  "npm run e2e -- --only 'outlives its volume'": { by: taught, holds: "'--only', 'outlives its volume'" },
  "npm run e2e -- --only 'outlives its volume' --keep": {
    reads: { only: 'outlives its volume', keep: true },
  },
  "CORRAL_EMULATOR_MUTANT=finalizer-stays-without-volume npm run e2e -- --only 'outlives its volume'": {
    reads: { only: 'outlives its volume' },
  },
  "npm run e2e -- --longhorn official --only 'outlives its volume'": {
    reads: { longhorn: 'official:v1.12.1', only: 'outlives its volume' },
  },

  // A cluster that is there: one without a Longhorn.
  'npm run e2e -- --provider existing --kubeconfig FILE --context NAME --store-image IMAGE --expect-cluster UID':
    {
      exitCode: 3,
      says: /^e2e: .*there is no Longhorn/m,
      words: { ...stub, UID: { is: '3b0f6a8e-0000-4000-8000-000000000001' } },
    },
  'npm run e2e -- --provider existing --kubeconfig FILE --context NAME --expect-cluster UID --store s3 --s3-endpoint URL --s3-bucket BUCKET --s3-secret SECRET':
    {
      exitCode: 3,
      says: /^e2e: .*there is no Longhorn/m,
      words: {
        ...stub,
        UID: { is: '3b0f6a8e-0000-4000-8000-000000000001' },
        URL: { is: 'http://127.0.0.1:1' },
        BUCKET: { is: 'backups@us-east-1' },
        SECRET: { is: 'longhorn-system/mine' },
      },
    },
  // The taught scenario is there as well, and no browser, so that all three on the UI are skipped.
  'npm run e2e -- --dry-run --provider existing --kubeconfig FILE --context NAME --store-image IMAGE': {
    exitCode: 0,
    says: /^19 of them will be played, 20 skipped:$/m,
    words: stub,
  },
  'kubectl get namespace kube-system -o jsonpath={.metadata.uid}': {
    exitCode: 0,
    says: /^kubectl get namespace kube-system -o jsonpath=\{.metadata.uid\} was given$/m,
  },
  'npm run store-image -- --out FILE': { by: 'tests/providers/store-image.test.ts', holds: "['--out', out]" },
  'npm run doctor -- --provider existing --kubeconfig FILE --context NAME --store-image IMAGE': {
    exitCode: 1,
    says: /^✗ Longhorn/m,
    words: stub,
  },
  'npm run cleanup -- --kubeconfig FILE --context NAME --run RUN': {
    exitCode: 0,
    says: /nothing/,
    words: { ...stub, RUN: { is: 'abc123' } },
  },
  // As far as the first list that the stub server has not.
  'npm run heal -- --kubeconfig FILE --context NAME --out DIR': {
    exitCode: 0,
    says: /^nothing is in force: .*no fault in \S+ is labelled with run aaaaaa$/m,
    words: { ...stub, DIR: "a run's results" },
  },
  'npm run heal -- --kubeconfig FILE --context NAME --run RUN': {
    exitCode: 0,
    says: /^nothing is in force: .*no fault in \S+ is labelled with run abc123$/m,
    words: { ...stub, RUN: { is: 'abc123' } },
  },
  'npm run --silent rbac -- --allow LIST | kubectl apply -f -': {
    exitCode: 0,
    says: /^kubectl apply -f - was given Namespace ServiceAccount Role /m,
    words: { LIST: { is: 'manager-kill,process-hold,manager-mount,store-stall,admission-policy' } },
  },
  'npx vitest run --project e2e': { exitCode: 3, says: /^e2e: CORRAL_KUBECONFIG is not set/m },
  'npm run fleet -- --shards 8 --kubeconfig FILE --context NAME --image IMAGE': {
    exitCode: 3,
    says: /^fleet: /m,
    words: stub,
  },

  // In Docker.
  'npm run e2e -- --provider kind': { reads: { provider: 'kind' } },
  'npm run e2e -- --provider k3d': { reads: { provider: 'k3d' } },

  // Reports, messages and stores.
  'npm run merge-reports -- DIR': { exitCode: 1, says: /^2 passed, 1 failed$/m, words: { DIR: 'reports' } },
  'npm run --silent merge-reports -- --table DIR': {
    exitCode: 1,
    says: /^\| A \| ✓/m,
    words: { DIR: 'reports' },
  },
  'npm run report -- DIR': {
    exitCode: 0,
    says: /^\.corral\/report\.html: 2 runs, /m,
    words: { DIR: 'reports' },
  },
  'npm run compare -- DIR DIR': {
    exitCode: 0,
    says: /^2 scenarios: the same verdicts$/m,
    words: { DIR: "a run's results" },
  },
  'npm run replay -- DIR': {
    exitCode: 0,
    says: /^4 histories: 0 judged again, /m,
    words: { DIR: { is: 'fixtures/recordings/longhorn-v1.8.2' } },
  },
  "npm run explain -- 'Failed to get the Snapshot s1' --field error --state Error --longhorn v1.9.2": {
    exitCode: 0,
    says: /^failure: The snapshot that the backup was to be made of was not there\.$/m,
  },
  'npm run bugs': { exitCode: 0, says: /^deletion-destroys-other-backups: data loss, Longhorn >=1\.8\.0$/m },
  'npm run bugs -- show lock-fails-open': { exitCode: 0, says: /^promised: a deletion does not go on/m },
  'npm run bugs -- report lock-fails-open --from DIR': {
    exitCode: 2,
    says: /^bugs: run \w+ did not meet the bug lock-fails-open: /m,
    words: { DIR: "a run's results" },
  },
  "npm run explain -- 'Failed to get the Snapshot s1'": { exitCode: 0, says: /^It has 2 meanings/ },
  'npm run store -- fsck FOLDER': { exitCode: 0, says: /sound/, words: { FOLDER: 'a store' } },
  'npm run store -- fsck URL': {
    exitCode: 3,
    says: /^store: s3:\/\/backups\/longhorn: no region is named: /m,
    words: { URL: { is: 's3://backups/longhorn' } },
  },
  'npm run store -- ls FOLDER': { exitCode: 0, says: /vol-a/, words: { FOLDER: 'a store' } },
  'npm run store -- show FOLDER NAME': {
    exitCode: 0,
    says: /b1/,
    words: { FOLDER: 'a store', NAME: { is: 'b1' } },
  },

  // The lab.
  'npm run doctor': { exitCode: 1, says: /^✗ Go: the Go tool chain is missing/m },
  'npm run lab -- up --nodes 3 --memory 1024M --disk 12G': noGo('lab'),
  'npm run lab -- up --images DIR --manifest FILE': {
    exitCode: 3,
    says: /^lab: /m,
    words: { DIR: 'an empty folder', FILE: 'a manifest' },
  },
  'npm run lab -- status': { exitCode: 0, says: /^no lab is up; npm run lab -- up starts one$/m },
  'npm run lab -- shell node1': {
    exitCode: 1,
    says: /^lab: no lab named lab is up; npm run lab -- status lists them$/m,
  },
  'npm run lab -- logs node1': noLab,
  'npm run lab -- images ls': noLab,
  'npm run lab -- down': { exitCode: 0, says: /^No lab named lab was up\.$/m },
  'npm run lab -- prune': { exitCode: 0, says: /./ },
  'npm run lab -- crash node2': noLab,
  'npm run lab -- start node2': noLab,
  'npm run lab -- freeze node2': noLab,
  'npm run lab -- thaw node2': noLab,
  'npm run lab -- cut node2': noLab,
  'npm run lab -- join node2': noLab,
  'npm run lab -- slow node2 --delay 100ms --loss 5%': noLab,
  'npm run lab -- fast node2': noLab,
  'npm run lab -- disk node2 --error-after 30s': noLab,
  'npm run lab -- disk node2 --heal': noLab,
  'npm run lab -- clock node2 --skew -10m': noLab,
  'npm run lab -- clock node2 --heal': noLab,
  'npm run lab -- apiserver restart': noLab,
  'npm run lab -- etcd compact': noLab,

  // Benchmarks: as far as the lab, or the commands that they take beside Node.
  'npm run bench:lab -- 3': { exitCode: 1, says: /the Go tool chain is missing/ },
  'npm run bench:lab -- cold': { exitCode: 1, says: /is missing|ENOENT/ },
  'npm run bench:kills': { exitCode: 1, says: /spawn npm ENOENT/ },
  'npm run bench:store -- 100 1': { exitCode: 1, says: /ENOENT/ },
  'npm run bench:s3 -- 100 1': { exitCode: 1, says: /the Go tool chain is missing/ },
  'npm run bench:suite': { exitCode: 1, says: /the Go tool chain is missing/ },
  'npm run bench:polling': { exitCode: 1, says: /flock/ },
};
