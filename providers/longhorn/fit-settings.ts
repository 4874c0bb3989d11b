import { parse, stringify } from 'yaml';
import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import type { Change } from './fit.ts';

type ConfigMap = KubernetesObject & { data?: Record<string, string> };

const key = 'default-setting.yaml';

type Fitted = { name: string; value: string; release: string; why: string; ofEngine?: true };

const settings: Fitted[] = [
  {
    name: 'default-replica-count',
    value: '2',
    release: '3',
    why: 'a third replica would only be one more writer on the same disk',
    ofEngine: true,
  },
  {
    name: 'guaranteed-instance-manager-cpu',
    value: '0',
    release: '12',
    why: 'a small node has no processor to reserve',
    ofEngine: true,
  },
  {
    name: 'storage-reserved-percentage-for-default-disk',
    value: '0',
    release: '30',
    why: "nothing of a node's disk has to be kept for others",
  },
  { name: 'storage-minimal-available-percentage', value: '5', release: '25', why: 'the disks are small' },
  {
    name: 'snapshot-data-integrity',
    value: 'disabled',
    release: 'fast-check',
    why: 'hashing snapshots takes the processors from backups',
    ofEngine: true,
  },
  { name: 'backup-concurrent-limit', value: '1', release: '2', why: 'an upload must last long enough for its state to be seen' },
  { name: 'recurring-successful-jobs-history-limit', value: '10', release: '1', why: "a run's jobs and their logs stay until it is over" },
  { name: 'upgrade-checker', value: 'false', release: 'true', why: 'a test asks nobody outside' },
  { name: 'allow-collecting-longhorn-usage-metrics', value: 'false', release: 'true', why: 'a test asks nobody outside' },
];

/**
 * The value in the words in which Longhorn itself keeps it: since v1.10 some have one for each engine.
 *
 * A plain one is understood too, but is then never what is kept: every manager writes it anew as it starts, and one that meets another doing
 * so ends with "the object has been modified" (seen on a v1.12.1: three managers, five restarts; M:datastore/longhorn.go createOrUpdateSetting).
 */
const written = ({ value, ofEngine }: Fitted, perEngine: boolean): string =>
  ofEngine && perEngine ? JSON.stringify({ v1: value, v2: value }) : value;

/** Gives the ConfigMap of default settings what small nodes need; a setting that the manifest has stays as it is. */
export const fitSettings = (object: KubernetesObject, { perEngine }: { perEngine: boolean }): Change[] => {
  const map = object as ConfigMap;
  const own = (parse(map.data?.[key] ?? '') ?? {}) as Record<string, unknown>;
  const missing = settings.filter(({ name }) => own[name] === undefined);
  if (missing.length === 0) return [];
  const fitted = { ...own, ...Object.fromEntries(missing.map((setting) => [setting.name, written(setting, perEngine)])) };
  // In quotes: Longhorn reads every value as text.
  map.data = { ...map.data, [key]: stringify(fitted, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 }) };
  return missing.map(({ name, value, release, why }) => ({ what: `setting ${name}`, from: release, to: value, why }));
};
