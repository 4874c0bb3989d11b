import { beforeAll, expect, test } from 'vitest';
import { resourceOf } from '../../e2e/cli/fleet/objects.ts';
import type { Cluster, KubernetesObject } from '../../e2e/kube/cluster.ts';
import { allDisruptions } from '../../e2e/longhorn/disruptions.ts';
import { missingRights } from '../../e2e/permissions/missing.ts';
import { rolesFor } from '../../e2e/permissions/roles.ts';
import type { SharedApiServer } from '../support/api-server.ts';
import { sharedApiServer } from '../support/share.ts';

let server: SharedApiServer;
let admin: Cluster;
let limited: Cluster;

const grant = async (objects: KubernetesObject[]): Promise<void> => {
  for (const object of objects) await admin.apply(object, { resource: resourceOf(object) });
};

beforeAll(async () => {
  server = await sharedApiServer();
  admin = await server.connect();
  // Others may have made it by now.
  await grant([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'longhorn-system' } }]);
  await grant(rolesFor({ namespace: 'corral', name: 'runner' }, { allow: ['admission-policy'] }));
  const answer = await admin.request('/api/v1/namespaces/corral/serviceaccounts/runner/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  const { status } = (await answer.json()) as { status: { token: string } };
  limited = await server.connect({ token: status.token });
});

test('nothing is missing for one who may do everything, nor for a service account with the roles that are printed', async () => {
  expect(await missingRights(admin, { allow: allDisruptions, namespace: undefined })).toBeUndefined();
  // An API server hears of new roles by a watch of its own, within a moment: asked until it has.
  const missing = () => missingRights(limited, { allow: ['admission-policy'], namespace: 'corral' });
  await expect.poll(missing, { timeout: 300_000 }).toBeUndefined();
});

const rbac = (flags: string) => `npx corral rbac ${flags} | kubectl apply -f -`;

test('what is missing: of a disruption, of stores with namespaces of their own, and everything for a guest', async () => {
  const killing = { allow: ['manager-kill', 'manager-mount'], namespace: 'corral' } as const;
  expect(await missingRights(limited, killing)).toMatchObject({
    rights: [
      'delete pods in namespace longhorn-system',
      'list instancemanagers.longhorn.io in namespace longhorn-system',
      'watch instancemanagers.longhorn.io in namespace longhorn-system',
      'delete instancemanagers.longhorn.io in namespace longhorn-system',
      'get settings.longhorn.io default-control-path in namespace longhorn-system',
      'get settings.longhorn.io default-engine-image in namespace longhorn-system',
    ],
    command: rbac('--allow manager-kill,manager-mount --service-account runner'),
    makesAccount: false,
    runIn: undefined,
  });
  const own = await missingRights(limited, { allow: [], namespace: undefined });
  const everywhere = ['create pods/exec in every namespace', 'delete namespaces', 'watch namespaces'];
  expect(own?.rights).toEqual(expect.arrayContaining(everywhere));
  expect(own?.rights).not.toContain('watch nodes');
  expect(own).toMatchObject({
    command: rbac('--service-account runner'),
    makesAccount: false,
    runIn: 'corral',
  });
  const guest = await server.connect({ user: 'guest' });
  const all = await missingRights(guest, { allow: [], namespace: 'others' });
  expect(all).toMatchObject({
    needed: all?.rights.length,
    command: rbac('--namespace others'),
    makesAccount: true,
    runIn: 'others',
  });
});
