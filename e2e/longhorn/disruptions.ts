/**
 * What a scenario may do that other scenarios on the same cluster could notice. The keys are the values of `--allow`;
 * the values are the descriptions in messages.
 */
export const disruptions = {
  'manager-kill': 'kills longhorn-manager pods',
  'replica-kill': "kills replicas of the scenario's own volumes",
  'process-hold': 'stops processes in longhorn-manager pods',
  'manager-mount': "makes a folder of the scenario's own backup store read-only within longhorn-manager pods",
  'store-stall':
    "stops the server of the scenario's own backup store for a while, so that longhorn-manager and the nodes wait for it",
  unmount: 'empties the URL of its own backup target, which makes Longhorn unmount the folders of all stores',
  'admission-policy': 'makes an admission policy that denies deletions, or a change',
  settings: "changes Longhorn's settings, or tags of its nodes",
  cordon: 'cordons nodes of the cluster, or keeps new pods from one',
  'default-target': "changes Longhorn's default backup target",
  'volume-snapshots':
    'makes VolumeSnapshots of CSI, with a class, contents and PersistentVolumes that all users of the cluster can see',
  uninstallation: 'uninstalls Longhorn, with all its volumes, and installs it again',
  upgrade: 'upgrades Longhorn to another version, from which it cannot go back',
  claims:
    "makes StorageClasses and PersistentVolumes, which all users of the cluster can see, and pods in Longhorn's namespace",
  'engine-binary': "removes the default engine image's binary from the nodes, until Longhorn puts it back",
  'node-fault': 'crashes, freezes or cuts off nodes',
} as const;

export type Disruption = keyof typeof disruptions;

/** All disruptions. A cluster that Corral made for itself allows each of them. */
export const allDisruptions = Object.keys(disruptions) as readonly Disruption[];

export const isDisruption = (name: string): name is Disruption => Object.hasOwn(disruptions, name);
