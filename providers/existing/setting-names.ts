/** The names of a cluster's settings, for messages. */
export type SettingNames = {
  kubeconfig: string;
  context: string;
  allow: string;
  namespace(name: string): string;
  expectCluster(uid: string): string;
};

/** As flags of the command. */
export const flagSettingNames: SettingNames = {
  kubeconfig: '--kubeconfig',
  context: '--context',
  allow: '--allow',
  namespace: (name) => `--namespace ${name}`,
  expectCluster: (uid) => `--expect-cluster ${uid}`,
};

/** As variables, for `npx vitest run --project e2e`. */
export const variableSettingNames: SettingNames = {
  kubeconfig: 'CORRAL_KUBECONFIG',
  context: 'CORRAL_CONTEXT',
  allow: 'CORRAL_ALLOW',
  namespace: (name) => `CORRAL_NAMESPACE=${name}`,
  expectCluster: (uid) => `CORRAL_EXPECT_CLUSTER=${uid}`,
};
