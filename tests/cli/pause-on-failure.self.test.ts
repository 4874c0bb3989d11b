import { expect, test } from 'vitest';
import { runSuite, suiteOf } from '../support/run-suite.ts';

const suite = suiteOf('pause-on-failure');
const pause = '--pause-on-failure';

test('of what did not pass all stays but the faults, and so does the cluster; the commands that end that are printed', async () => {
  const ended = await runSuite(suite, { flags: [pause, '--repeat', '2'] });
  expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
  const steps = ended.report?.scenarios.map(({ name, steps }) => `${name}: ${steps.at(-1)?.sentence}`);
  expect(steps).toEqual([
    'It passes: Then what was made goes',
    'It is skipped: Then what was made goes',
    'It fails: Then what was made stays',
    'It is not provable: Then what was made stays',
  ]);
  const printed = ended.stdout.slice(ended.stdout.indexOf('The objects of scenarios'));
  expect(printed.replace(/--run \w{6}/, '--run <run>')).toMatchInlineSnapshot(`
    "The objects of scenarios that did not pass (2) are kept (--pause-on-failure); their faults are undone.
    To remove them: npx corral cleanup --kubeconfig /nowhere/kubeconfig --context inline --run <run>
    (kept)

    The cluster is left up (--pause-on-failure).
    kubectl --kubeconfig /nowhere/kubeconfig get nodes
    The scenarios again: CORRAL_CONFIG='{"kubeconfig":"/nowhere/kubeconfig","context":"inline","provider":"lab","target":{"name":"emulator","version":"0.0.0"},"storeImage":"store:inline","allow":[],"without":[]}' npx vitest run --project e2e
    Page: out/report.html"
  `);
  expect(ended.stdout).toContain(`--run ${ended.report?.run}`);
});
