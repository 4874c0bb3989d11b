import { beforeAll, describe, expect, test } from 'vitest';
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

describe('what a user may not do of what a run needs', () => {
  test('nothing, for one who may do everything', async () => {
    expect(await missingRights(admin, { allow: allDisruptions, namespace: undefined })).toEqual([]);
  });

  test('nothing, for a service account with the roles that are printed', async () => {
    // An API server hears of new roles by a watch of its own, within a moment: asked until it has.
    const asked = () => missingRights(player, { allow: ['admission-policy'], namespace: 'corral' });
    await expect.poll(asked, { timeout: 300_000 }).toEqual([]);
  });

  test('what a disruption needs that the roles were not made for', async () => {
    expect(
      await missingRights(player, { allow: ['manager-kill', 'manager-mount'], namespace: 'corral' }),
    ).toEqual([
      expect.stringMatching(/^the user of context test may not do 3 of the \d+ things that this run needs:$/),
      '  delete pods in namespace longhorn-system',
      '  get settings.longhorn.io default-control-path in namespace longhorn-system',
      '  get settings.longhorn.io default-engine-image in namespace longhorn-system',
      'to grant them, as an admin: npm run --silent rbac -- --allow manager-kill,manager-mount --service-account player | kubectl apply -f -',
    ]);
  });

  test('what stores with namespaces of their own need, in all namespaces', async () => {
    const lines = await missingRights(player, { allow: [], namespace: undefined });
    expect(lines).toContain('  create pods/exec in every namespace');
    expect(lines).toContain('  create deployments.apps in every namespace');
    expect(lines).toContain('  delete namespaces');
    expect(lines).toContain('  watch namespaces');
    expect(lines).not.toContain('  watch nodes');
    expect(lines.at(-1)).toBe(
      'to grant them, as an admin (then play with --namespace corral): npm run --silent rbac -- --service-account player | kubectl apply -f -',
    );
  });

  test('everything, for one who may do nothing', async () => {
    const guest = await server.connect({ user: 'guest' });
    const lines = await missingRights(guest, { allow: [], namespace: 'others' });
    const [, missing, all] = /may not do (\d+) of the (\d+) things/.exec(lines[0] ?? '') ?? [];
    expect(missing).toBe(all);
    expect(lines.slice(1, -1)).toHaveLength(Number(all));
    expect(lines.at(-1)).toBe(
      'to make a service account that may, as an admin (then play as it, with --namespace others): npm run --silent rbac -- --namespace others | kubectl apply -f -',
    );
  });
});

test('the roles give no way into anything else', async () => {
  await expect(player.list(resources.secrets, { namespace: 'longhorn-system' })).rejects.toMatchObject({
    status: 403,
  });
  await expect(player.list(resources.pods, { namespace: 'kube-system' })).rejects.toMatchObject({
    status: 403,
  });
  await expect(
    player.create(resources.configMaps, { metadata: { name: 'one', namespace: 'default' } }),
  ).rejects.toMatchObject({
    status: 403,
  });
  await expect(player.delete(resources.namespaces, { name: 'corral' })).rejects.toMatchObject({
    status: 403,
  });
  await player.create(resources.configMaps, { metadata: { name: 'one', namespace: 'corral' } });
});
