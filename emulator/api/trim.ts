import { instanceManagerName } from '../manager/bootstrap.ts';
import type { ApiAction } from './call.ts';
import { withErrorContext } from './errors.ts';
import { longhornApiPort } from './resource.ts';
import { findVolume } from './snapshot-actions.ts';
import { toVolume } from './volume.ts';

const askOwner = async (ip: string, volume: string): Promise<void> => {
  const url = `http://${ip}:${longhornApiPort}/v1/volumes/${volume}?action=trimFilesystem`;
  const answer = await fetch(url, { method: 'POST' });
  if (!answer.ok) throw new Error(((await answer.json()) as { message: string }).message);
};

/** Lets the manager of the node of a volume trim the file system on it. */
export const trimFilesystem: ApiAction = async (call) => {
  const { datastore, devices, links, mutant, name, node } = call;
  const volume = await findVolume(call);
  const { ownerID = '', state, frontendDisabled } = volume.status ?? {};
  const owner = datastore.instanceManagers.get(instanceManagerName(ownerID))?.status?.ip;
  if (owner && ownerID !== node) await askOwner(owner, name);
  else
    await withErrorContext(`unable to trim filesystem for volume ${name}`, async () => {
      if (state !== 'attached') throw new Error('volume is not attached');
      if (frontendDisabled) throw new Error('volume frontend is disabled');
      if (mutant !== 'trim-frees-nothing') await devices.trim(name);
    });
  return toVolume(datastore, volume, links);
};
