import { beforeAll, expect, test } from 'vitest';
import { type Cluster, type KubernetesObject, type Resource, resources } from '../../e2e/kube/cluster.ts';
import { allDisruptions } from '../../e2e/longhorn/disruptions.ts';
import { missingRights } from '../../e2e/permissions/missing.ts';
import { rolesFor } from '../../e2e/permissions/roles.ts';
import type { SharedApiServer } from '../support/api-server.ts';
import { sharedApiServer } from '../support/share.ts';

const resourceOf: Record<string, Resource> = {
  Namespace: resources.namespaces,
  ServiceAccount: resources.serviceAccounts,
  Role: resources.roles,
  RoleBinding: resources.roleBindings,
  ClusterRole: resources.clusterRoles,
  ClusterRoleBinding: resources.clusterRoleBindings,
};

let server: SharedApiServer;
let admin: Cluster;
let player: Cluster;

const grant = async (objects: KubernetesObject[]): Promise<void> => {
  for (const object of objects)
    await admin.apply(object, { resource: resourceOf[object.kind ?? ''] as Resource });
};

beforeAll(async () => {
  server = await sharedApiServer();
  admin = await server.connect();
  // Others may have made it by now.
  await grant([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'longhorn-system' } }]);
  await grant(rolesFor({ namespace: 'corral', name: 'player' }, { allow: ['admission-policy'] }));
  const answer = await admin.request('/api/v1/namespaces/corral/serviceaccounts/player/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  const { status } = (await answer.json()) as { status: { token: string } };
  player = await server.connect({ token: status.token });
});

const mend = 'npm run --silent rbac --';

test('nothing is missing for one who may do everything, nor for a service account with the roles that are printed', async () => {
  expect(await missingRights(admin, { allow: allDisruptions, namespace: undefined })).toEqual([]);
  // An API server hears of new roles by a watch of its own, within a moment: asked until it has.
  const asked = () => missingRights(player, { allow: ['admission-policy'], namespace: 'corral' });
  await expect.poll(asked, { timeout: 300_000 }).toEqual([]);
});

test('what is missing is told: of a disruption, of stores with namespaces of their own, and everything for a guest', async () => {
  const killing = { allow: ['manager-kill', 'manager-mount'], namespace: 'corral' } as const;
  expect(await missingRights(player, killing)).toEqual([
    expect.stringMatching(/^the user of context test may not do 3 of the \d+ things that this run needs:$/),
    '  delete pods in namespace longhorn-system',
    '  get settings.longhorn.io default-control-path in namespace longhorn-system',
    '  get settings.longhorn.io default-engine-image in namespace longhorn-system',
    `to grant them, as an admin: ${mend} --allow manager-kill,manager-mount --service-account player | kubectl apply -f -`,
  ]);
  const own = await missingRights(player, { allow: [], namespace: undefined });
  const everywhere = ['  create pods/exec in every namespace', '  delete namespaces', '  watch namespaces'];
  expect(own).toEqual(expect.arrayContaining(everywhere));
  expect(own).not.toContain('  watch nodes');
  expect(own.at(-1)).toBe(
    `to grant them, as an admin (then play with --namespace corral): ${mend} --service-account player | kubectl apply -f -`,
  );
  const guest = await server.connect({ user: 'guest' });
  const lines = await missingRights(guest, { allow: [], namespace: 'others' });
  expect(lines[0]).toContain(`may not do ${lines.length - 2} of the ${lines.length - 2} things`);
  expect(lines.at(-1)).toBe(
    `to make a service account that may, as an admin (then play as it, with --namespace others): ${mend} --namespace others | kubectl apply -f -`,
  );
});
