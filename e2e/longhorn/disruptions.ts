/**
 * What a scenario may do that others on the same cluster could feel, by the name that `--allow` knows; what
 * each is called in sentences.
 */
export const disruptions = {
  'manager-kill': 'kills longhorn-manager pods',
  'process-hold': 'stops processes in longhorn-manager pods',
  'manager-mount': "makes a folder of the scenario's own backup store read-only within longhorn-manager pods",
  'store-stall':
    "stops the server of the scenario's own backup store for a while, on which longhorn-manager and the nodes then wait",
  unmount: "empties the URL of its own backup target, on which Longhorn unmounts every store's folders",
  'admission-policy': 'makes an admission policy that denies deletions',
  settings: "changes Longhorn's settings",
  'default-target': "changes Longhorn's default backup target",
  'node-fault': 'crashes, freezes or cuts off nodes',
} as const;

/** The name of something disruptive. */
export type Disruption = keyof typeof disruptions;

/** Every one of them: what a cluster that Corral made for itself allows. */
export const allDisruptions = Object.keys(disruptions) as readonly Disruption[];

/** Whether there is a disruption of that name. */
export const isDisruption = (name: string): name is Disruption => Object.hasOwn(disruptions, name);
