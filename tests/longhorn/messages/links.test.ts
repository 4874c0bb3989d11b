import { expect, test } from 'vitest';
import { linksOf } from '../../../e2e/longhorn/messages/links.ts';

const issue = (number: number) => `https://github.com/longhorn/longhorn/issues/${number}`;
const manager = (path: string) => `https://github.com/longhorn/longhorn-manager/blob/${path}`;

test.for<[string, string[]]>([
  ['longhorn/longhorn#8742, #7854', [issue(8742), issue(7854)]],
  [
    'knowledge base, two-active-engines; longhorn/longhorn#6642',
    [issue(6642), 'https://longhorn.io/kb/two-active-engines/'],
  ],
  [
    'status.error; controller/backup_controller.go, source of v1.8.0 to v1.12.1; not met',
    [manager('v1.12.1/controller/backup_controller.go')],
  ],
  [
    'app/recurring_job.go and app/recurringjob/util.go, source of v1.8.2',
    [manager('v1.8.2/app/recurring_job.go'), manager('v1.8.2/app/recurringjob/util.go')],
  ],
  ['app/recurringjob/volume.go, source after v1.12.1', [manager('master/app/recurringjob/volume.go')]],
  ['backupstore, deltablock.go', ['https://github.com/longhorn/backupstore']],
  ["Kubernetes' cronjob-controller, source of v1.36.3", []],
  ['recording of v1.12.1 (lock-conflict)', []],
])('%s', ([seen, links]) => {
  expect(linksOf(seen)).toEqual(links);
});
