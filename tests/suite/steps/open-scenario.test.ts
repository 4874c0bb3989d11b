import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunConfig } from '../../../e2e/config/config.ts';
import type { EvidenceSubject } from '../../../e2e/suite/evidence/recorder.ts';
import { openScenario } from '../../../e2e/suite/steps/open-scenario.ts';
import { leastLonghorn } from '../../support/longhorn-objects.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';
import { record } from '../../support/test-context.ts';

const out = folderOfEachTest();
let over = new AbortController();
beforeEach(() => {
  over = new AbortController();
});
afterEach(() => over.abort());

/** Opens a scenario on a Longhorn of three nodes, where no namespace can be made. */
const open = async () => {
  const { report, ended } = record();
  const requests: string[] = [];
  const cluster = stubCluster({
    objects: leastLonghorn('n1 n2 n3'),
    onAsk: ({ verb, plural, name }) => {
      if (verb === 'list' || verb === 'get') return;
      requests.push(`${verb} ${plural} ${name?.replace(/-[0-9a-f]{8}$/, '')}`);
      if (verb === 'create') throw new Error(`${plural} are forbidden`);
    },
    // Watches in which nothing comes.
    request: async () => new Response(new ReadableStream()),
  });
  let kept: EvidenceSubject | undefined;
  const evidence = {
    cluster,
    startedAt: new Date(),
    folder: () => undefined,
    keep: (subject: EvidenceSubject) => {
      kept = subject;
    },
    collect: async () => {},
  };
  const turn = {
    exclusive: async () => 0,
    releaseUntilCleanup: async () => {},
    share: async () => 0,
    pauseDuring: <T>(work: () => Promise<T>) => work(),
    keepTargets: async () => {},
    changingTargets: <T>(change: () => Promise<T>) => change(),
    release: () => {},
  };
  const config = { run: 'abc123', out: out(), without: [], storeImage: 'image' } as unknown as RunConfig;
  const steps = await openScenario({
    ...{ config, cluster, scenario: 'a scenario', evidence, turn, report, signal: over.signal },
    declared: { disruptions: [], needs: [], longhorn: '*' },
    skip: (reason) => {
      throw new Error(reason);
    },
  });
  return { steps, requests, ended, files: () => kept?.sources().map(({ file }) => file) };
};

test('a scenario opens no store and no backup target before a step needs one', async () => {
  const { steps, requests, ended } = await open();
  expect(ended()).toEqual(['Given a Longhorn whose nodes are ready: v1.12.1 on 3: n1, n2, n3']);
  await steps.close();
  expect(requests).toEqual([]);
});

test('a store that does not come to run fails the step that needs it, and the evidence has what there is', async () => {
  const { steps, requests, ended, files } = await open();
  await expect(steps.given.volume({ size: 1 << 20 })).rejects.toThrow('namespaces are forbidden');
  expect(ended().at(-1)).toMatch(/^Given a backup store of its own FAILED: /);
  expect(files()).toContain('objects.yaml');
  expect(files()).not.toContain('store-fsck.json');
  expect(requests).toEqual(['create namespaces corral-abc123-store']);
});
