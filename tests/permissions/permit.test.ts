import { describe, expect, test } from 'vitest';
import { accessOf } from '../../e2e/kube/access.ts';
import type { Disruption } from '../../e2e/longhorn/disruptions.ts';
import { permitAround, permitNeeded } from '../../e2e/permissions/permit.ts';

const longhorn = '/apis/longhorn.io/v1beta2/namespaces/longhorn-system';
const pods = '/api/v1/namespaces/longhorn-system/pods';
const own = '/api/v1/namespaces/corral-abc123-store-0f1e';
const shared = '/api/v1/namespaces/stores';
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';

const ask = (permit: ReturnType<typeof permitNeeded>, method: string, path: string): string => {
  const access = accessOf(method, path);
  if (access === undefined) throw new Error(`${path} is no resource`);
  try {
    permit(access);
    return 'may';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a scenario', () => {
  test.each<[boolean, string, string, Disruption[], string | undefined]>([
    [true, 'POST', `${longhorn}/backups`, [], undefined],
    [true, 'GET', `${longhorn}/backups?watch=true`, [], undefined],
    [true, 'GET', `${longhorn}/backups/one`, [], undefined],
    [false, 'DELETE', `${longhorn}/backups`, [], undefined],
    [false, 'GET', '/apis/longhorn.io/v1beta2/backups', [], undefined],
    [false, 'GET', '/apis/longhorn.io/v1beta2/namespaces/elsewhere/backups', [], undefined],
    [false, 'PATCH', `${longhorn}/backups/one/status`, [], undefined],
    [true, 'GET', `${longhorn}/settings/current-longhorn-version`, [], undefined],
    [false, 'GET', `${longhorn}/settings/default-engine-image`, [], undefined],
    [true, 'GET', `${longhorn}/settings/default-engine-image`, ['manager-mount'], undefined],
    [false, 'PATCH', `${longhorn}/settings/default-engine-image`, ['manager-mount', 'settings'], undefined],
    [true, 'GET', `${pods}/one/portforward?ports=8000`, [], undefined],
    [true, 'GET', '/api/v1/namespaces/longhorn-system/services/longhorn-frontend', [], undefined],
    [false, 'GET', '/api/v1/namespaces/longhorn-system/services/longhorn-backend', [], undefined],
    [false, 'GET', `${own}/pods/one/portforward?ports=8000`, [], undefined],
    [false, 'DELETE', `${pods}/one`, ['process-hold'], undefined],
    [true, 'DELETE', `${pods}/one`, ['process-hold', 'manager-kill'], undefined],
    [false, 'POST', policies, [], undefined],
    [true, 'POST', policies, ['admission-policy'], undefined],
    [false, 'GET', '/api/v1/nodes', ['manager-mount'], undefined],
    // Each store in a namespace of its own: of this run, and of no other.
    [true, 'POST', `${own}/configmaps`, [], undefined],
    [false, 'POST', '/api/v1/namespaces/corral-zzz999-store-0f1e/configmaps', [], undefined],
    [false, 'POST', '/api/v1/namespaces/kube-system/configmaps', [], undefined],
    [false, 'DELETE', `${own}/configmaps/one`, [], undefined],
    [true, 'DELETE', own, [], undefined],
    // All of them in one that was there before: it is not the suite's to make or remove.
    [true, 'POST', `${shared}/configmaps`, [], 'stores'],
    [true, 'DELETE', `${shared}/configmaps/one`, [], 'stores'],
    [false, 'POST', `${own}/configmaps`, [], 'stores'],
    [false, 'POST', '/api/v1/namespaces', [], 'stores'],
    [false, 'DELETE', shared, [], 'stores'],
  ])('%s: %s %s with %j, stores in %s', (may, method, path, disruptions, namespace) => {
    const said = ask(permitNeeded({ disruptions, namespace, run: 'abc123' }), method, path);
    if (may) expect(said).toBe('may');
    else expect(said).toMatch(/^a defect of the suite: it wants to /);
  });

  test("Longhorn's support bundle may be asked for only where that is wanted", () => {
    const playing = { disruptions: [], namespace: undefined, run: 'abc123' };
    for (const [method, path, may] of [
      ['GET', 'supportbundles', true],
      ['GET', 'supportbundles?watch=true', true],
      ['POST', 'supportbundles', true],
      ['DELETE', 'supportbundles/one', true],
      ['PATCH', 'supportbundles/one', false],
    ] as const) {
      expect(
        ask(permitNeeded({ ...playing, supportBundle: true }), method, `${longhorn}/${path}`) === 'may',
      ).toBe(may);
      expect(ask(permitNeeded(playing), method, `${longhorn}/${path}`)).toMatch(/^a defect of the suite/);
    }
  });

  test('a refusal says what was wanted, and with which disruptions', () => {
    const permit = permitNeeded({
      disruptions: ['settings', 'manager-mount'],
      namespace: undefined,
      run: 'abc123',
    });
    expect(ask(permit, 'DELETE', `${pods}/one`)).toBe(
      'a defect of the suite: it wants to delete pods one in namespace longhorn-system, which is not among what e2e/permissions says of a scenario with settings, manager-mount',
    );
  });
});

describe('the provider of an existing cluster', () => {
  test.each<[boolean, string, string, Disruption[]]>([
    [true, 'GET', '/api/v1/namespaces/kube-system', []],
    [false, 'GET', '/api/v1/namespaces/default', []],
    [true, 'GET', `${longhorn}/settings?watch=true`, []],
    [false, 'POST', `${longhorn}/backups`, []],
    [true, 'GET', '/apis/apps/v1/namespaces/stores/deployments', []],
    [false, 'GET', '/apis/apps/v1/namespaces/elsewhere/deployments', []],
    [false, 'GET', '/api/v1/namespaces', []],
    [false, 'GET', policies, []],
    [true, 'GET', policies, ['admission-policy']],
    [true, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', []],
  ])('%s: %s %s with %j', (may, method, path, disruptions) => {
    expect(ask(permitAround({ disruptions, namespace: 'stores' }), method, path) === 'may').toBe(may);
  });
});
