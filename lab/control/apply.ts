import { join } from 'node:path';
import { z } from 'zod';
import { applyManifests } from '../manifests/apply.ts';
import { readManifests } from '../manifests/read.ts';
import { writeKubeconfig } from '../run/kubeconfig.ts';
import { labFiles } from '../run/settings.ts';
import type { LabAction } from './context.ts';

const schema = z.object({ manifest: z.string() });

/** Applies a manifest as the admin of the cluster does with kubectl. */
export const applyAsAdmin: LabAction = async ({ settings: { dir, name } }, request) => {
  const { manifest } = schema.parse(request);
  const kubeconfig = join(dir, 'kubeconfig-inside');
  await writeKubeconfig({ file: kubeconfig, pki: labFiles(dir).pki, identity: 'admin', lab: name });
  await applyManifests({ kubeconfig, manifests: await readManifests([manifest]), force: true });
  return { faulty: false, text: `${manifest} is applied` };
};
