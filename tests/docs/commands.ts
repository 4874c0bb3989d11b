/** What capital words of a command are: by the name of something in fixture.ts, or as it stands here. */
export type Words = Record<string, string>;

/** How a command ends on a machine that has Node, a shell and nothing else. */
type End = { exitCode: number; prints: RegExp; words?: Words };

const ends = (exitCode: number, prints: RegExp, words: Words = {}): End => ({ exitCode, prints, words });

/** The cluster of the stub server, by the flags that name one; it has no Longhorn. */
const stub: Words = { FILE: 'a kubeconfig', NAME: 'stub', IMAGE: 'store:1' };
const results: Words = { DIR: "a run's results" };
const reports: Words = { DIR: 'reports' };
const store: Words = { FOLDER: 'a store' };
const allClear = (RUN: string): End => {
  const said = new RegExp(`^nothing is in force: .*no fault in \\S+ is labelled with run ${RUN}$`, 'm');
  return ends(0, said, { ...stub, ...results, RUN });
};
const noLonghorn = ends(3, /^e2e: .*there is no Longhorn/m, {
  ...{ ...stub, UID: '3b0f6a8e-0000-4000-8000-000000000001', URL: 'http://127.0.0.1:1' },
  ...{ BUCKET: 'backups@us-east-1', SECRET: 'longhorn-system/mine' },
});

/** Commands of the documents, as far as they get without a lab. */
export const commands: Record<string, End> = {
  'npx corral --help': ends(0, /^Examples:$/m),
  'npx corral doctor': ends(1, /^✗ Go: the Go tool chain is missing/m),
  'npx corral e2e --list --tags upload': ends(0, /^\d+ scenarios, .* about \d+ (min|s)/m),
  // The fixture has one scenario more, which is counted and listed.
  'npm run docs': ends(0, /^docs\/running\.md: written\ndocs\/scenarios\.md: written$/),
  'npx corral traceability': ends(0, /^\d+ sentences: \d+ proven, .*, 0 wrong$/m),
  'npx vitest run --project unit tests/longhorn/messages': ends(0, /Test Files .* passed/),
  'npx corral store matrix --engine ENGINE': ends(
    2,
    /^store matrix: --engine ENGINE: there is no such program/m,
  ),
  'npm run mutants': ends(3, /^mutants: page-hides-deleting needs a browser: there is no Chromium on PATH/m),
  "CORRAL_EMULATOR_CLOCK=real npx corral e2e --only 'waits for it, then runs'": ends(
    3,
    /^e2e: the Go tool chain is missing/m,
  ),
  'npx corral e2e --longhorn archive:DIR': ends(3, /has no manifest/, { DIR: 'an empty folder' }),
  'npx corral e2e --longhorn official:v1.12.1 --image longhorn-manager=./manager.tar': ends(
    2,
    /^e2e: --image longhorn-manager=\.\/manager\.tar: there is no .*manager\.tar: name an image archive$/m,
  ),

  // A cluster without a Longhorn.
  'npx corral e2e --provider existing --kubeconfig FILE --context NAME --store-image IMAGE --expect-cluster UID':
    noLonghorn,
  'npx corral e2e --provider existing --kubeconfig FILE --context NAME --expect-cluster UID --bucket name=BUCKET,secret=SECRET,endpoint=URL':
    noLonghorn,
  // There is no browser, so that all three on the UI are skipped.
  'npx corral e2e --list --provider existing --kubeconfig FILE --context NAME --store-image IMAGE': ends(
    0,
    /^8 of them will run, 10 skipped:$/m,
    stub,
  ),
  'npx corral doctor --provider existing --kubeconfig FILE --context NAME --store-image IMAGE': ends(
    1,
    /^✗ Longhorn/m,
    stub,
  ),
  'npx corral cleanup --kubeconfig FILE --context NAME --run RUN': ends(0, /nothing/, {
    ...stub,
    RUN: 'abc123',
  }),
  'npx corral heal --kubeconfig FILE --context NAME --out DIR': allClear('aaaaaa'),
  'npx corral rbac --allow LIST | kubectl apply -f -': ends(
    0,
    /^kubectl apply -f - was given Namespace ServiceAccount Role /m,
    { LIST: 'manager-kill,process-hold,manager-mount,store-stall,admission-policy' },
  ),
  'npx vitest run --project e2e': ends(3, /^e2e: CORRAL_KUBECONFIG is not set/m),
  'npx corral fleet --shards 8 --kubeconfig FILE --context NAME --image IMAGE': ends(3, /^fleet: /m, stub),

  // Reports, messages and stores.
  'npx corral merge-reports DIR': ends(1, /^2 passed, 1 failed$/m, reports),
  'npx corral merge-reports --table DIR': ends(1, /^\| A \| ✓/m, reports),
  'npx corral report DIR': ends(0, /^\.corral\/report\.html: 2 runs, /m, reports),
  'npx corral compare DIR DIR': ends(0, /^2 scenarios: the same verdicts$/m, results),
  'npx corral replay DIR': ends(0, /^4 histories: 0 judged again, /m, {
    DIR: 'fixtures/recordings/longhorn-v1.8.2',
  }),
  "npx corral explain 'Failed to get the Snapshot s1'": ends(0, /^It has 2 meanings/),
  'npx corral bugs': ends(0, /^deletion-destroys-other-backups: data loss, Longhorn >=1\.8\.0$/m),
  'npx corral bugs show lock-fails-open': ends(0, /^promised: a deletion does not go on/m),
  'npx corral promises': ends(0, /^all +\d+ +\d+ +\d+ +\d+ +\d+ +363$/m),
  'npx corral promises --severity 5 --status open': ends(0, /^[A-Z]+\d+: open, severity 5, since /m),
  'npx corral store fsck FOLDER': ends(0, /sound/, store),
  'npx corral store fsck URL': ends(3, /^store: s3:\/\/backups\/longhorn: no region is named: /m, {
    URL: 's3://backups/longhorn',
  }),
  'npx corral store ls FOLDER': ends(0, /vol-a/, store),
  'npx corral store show FOLDER NAME': ends(0, /b1/, { ...store, NAME: 'b1' }),

  // The lab.
  'npx corral lab up --nodes 3 --memory 1024M --disk 12G': ends(3, /^lab: the Go tool chain is missing/m),
  'npx corral lab up --images DIR --manifest FILE': ends(3, /^lab: /m, {
    DIR: 'an empty folder',
    FILE: 'a manifest',
  }),
  'npx corral lab status': ends(0, /^no lab is up; npx corral lab up starts one$/m),
  'npx corral lab shell node1': ends(1, /^lab: no lab named lab is up; npx corral lab status lists them$/m),
  'npx corral lab down': ends(0, /^No lab named lab was up\.$/m),
  'npx corral lab prune': ends(0, /./),
};
