import { expect, test } from 'vitest';
import { parseCost } from '../../../bench/polling/cost.ts';

const line = (labels: Record<string, string>, count: number): string =>
  `apiserver_request_total{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}} ${count}`;

test('requests that read ConfigMaps are counted, whatever came of them; others are not', () => {
  const metrics = [
    '# TYPE apiserver_request_total counter',
    line({ code: '200', resource: 'configmaps', scope: 'namespace', verb: 'LIST' }, 560),
    line({ code: '500', resource: 'configmaps', scope: 'namespace', verb: 'LIST' }, 2),
    line({ code: '200', resource: 'configmaps', scope: 'namespace', verb: 'WATCH' }, 1),
    line({ code: '200', resource: 'configmaps', scope: 'resource', verb: 'PATCH' }, 180),
    line({ code: '200', resource: 'secrets', scope: 'namespace', verb: 'LIST' }, 30),
    'process_cpu_seconds_total 12.5',
  ].join('\n');
  expect(parseCost(metrics)).toEqual({ requests: 563, cpuSeconds: 12.5 });
});

test('a server that has counted nothing yet', () => {
  expect(parseCost('process_cpu_seconds_total 1e-1\n')).toEqual({ requests: 0, cpuSeconds: 0.1 });
});
