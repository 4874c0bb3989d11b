import { expect, test } from 'vitest';
import { ApiError } from '../../../e2e/kube/errors.ts';
import { bindSteps } from '../../../e2e/suite/steps/subjects.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../support/test-context.ts';

type AdmissionRequest = {
  method: string;
  path: string;
  body: { metadata?: { name?: string }; spec?: object };
};

/** The steps on an API server that answers each request by a status, and an object with the spec that is asked for. */
const setUp = (
  statusOf: (request: AdmissionRequest) => number,
  { mend = {}, version = 'v1.12.1' }: { mend?: object; version?: string } = {},
) => {
  const requests: AdmissionRequest[] = [];
  const timelines = emptyTimelines();
  const answer = (request: AdmissionRequest) => {
    requests.push(request);
    const object = { ...request.body, spec: { ...request.body.spec, ...mend } };
    return { status: statusOf(request), object };
  };
  const accepted = async (method: string, body: object, options?: { dryRun?: true }) => {
    const path = options?.dryRun ? '?dryRun=All' : '';
    const { status, object } = answer({ method, path, body });
    if (status >= 400) throw new ApiError(`${method}: ${status}`, { status, reason: '' });
    return object as never;
  };
  const cluster = stubCluster({
    get: async () => ({ value: '7' }) as never,
    create: (_, object, options) => accepted('POST', object, options),
    patch: (_, __, body, options) => accepted('PATCH', body, options),
    delete: (_, __, options) => accepted('DELETE', {}, options),
  });
  cluster.request = async (path, { method = '', body = '{}' } = {}) => {
    const { status, object } = answer({ method, path, body: JSON.parse(body) });
    return new Response(JSON.stringify(object), { status });
  };
  const found: { code: string }[] = [];
  const { context } = createTestContext({ cluster, timelines, version });
  context.report.finding = (finding) => void found.push(finding);
  return { ...bindSteps(context), requests, timelines, found };
};

const target = { name: 't', store: { url: 'nfs://x/y' } as never };
const volume = { name: 'v', target: aTarget, node: 'node1', size: 64 };
const has = (field: string) => (request: AdmissionRequest) =>
  field in (request.body.spec ?? {}) ? 422 : 200;

test('nothing is asked for but in a dry run', async () => {
  const { given, then, requests } = setUp(() => 200);
  await given.newJob();
  await expect(then.changeRefused(volume, 'x', { a: 1 })).rejects.toThrow('the API server would accept it');
  await expect(then.targetFixed(target)).rejects.toThrow('the API server would accept it');
  await then.targetFree(target);
  expect(requests.length).toBeGreaterThan(4);
  for (const { path, body } of requests)
    expect(path.endsWith('?dryRun=All') || (body as { dryRun?: string[] }).dryRun?.[0] === 'All').toBe(true);
});

test('what is refused is distinguished from what is accepted, and only where it is accepted otherwise', async () => {
  await expect(setUp(() => 422).given.newJob()).rejects.toThrow('the API server must accept it');
  const { given, then } = setUp(has('wrong'));
  const job = await given.newJob();
  await then.refused(job, 'a flaw', { spec: { wrong: 1 } });
  await expect(then.refused(job, 'none', { spec: { right: 1 } })).rejects.toThrow('would accept it');
  await expect(then.nameTaken(job, volume)).rejects.toThrow('would accept it');
  await then.changeRefused(volume, 'x', { wrong: 1 });
  await expect(setUp(() => 422).then.changeRefused(volume, 'x', { wrong: 1 })).rejects.toThrow(
    'must accept it',
  );
  const named = setUp(({ body }) => (body.metadata?.name === 'v' ? 409 : 200));
  await named.then.nameTaken(await named.given.newJob(), volume);
});

test('what is corrected has other fields, and what is accepted has those that were asked for', async () => {
  const plain = setUp(() => 200);
  const job = await plain.given.newJob();
  await plain.then.accepted(job, 'x', { retain: 3 });
  const into = { retain: 1 };
  await expect(plain.then.corrected(job, 'x', { spec: { retain: 0 }, into })).rejects.toThrow(
    'retain 0, not 1',
  );
  const correcting = setUp(() => 200, { mend: into });
  await correcting.then.corrected(job, 'x', { spec: { retain: 0 }, into });
  await expect(correcting.then.accepted(job, 'x', { retain: 3 })).rejects.toThrow('retain 1, not 3');
});

test('a concurrency of 0 is raised, or kept, as the version has it', async () => {
  const raised = { mend: { retain: 1, concurrency: 10 } };
  const kept = { mend: { retain: 1 }, version: 'v1.10.0' };
  for (const [how, codes] of [
    [raised, ['job-limits-corrected']],
    [kept, ['job-limits-corrected', 'job-concurrency-kept']],
  ] as const) {
    const { given, then, found } = setUp(() => 200, how);
    await then.limitsCorrected(await given.newJob());
    expect(found.map(({ code }) => code)).toEqual(codes);
  }
  const other = setUp(() => 200, { ...kept, version: 'v1.12.1' });
  await expect(other.then.limitsCorrected(await other.given.newJob())).rejects.toThrow(
    'concurrency 0, not 10',
  );
});

test('a job may retain as many as the setting says, and not one more', async () => {
  const bounded = (most: number) =>
    setUp(({ body }) => ((body.spec as { retain: number }).retain > most ? 422 : 200));
  const { given, then } = bounded(7);
  expect(await then.retainBounded(await given.newJob())).toBe(7);
  const more = bounded(8);
  await expect(more.then.retainBounded(await more.given.newJob())).rejects.toThrow('would accept it');
  const less = bounded(6);
  await expect(less.then.retainBounded(await less.given.newJob())).rejects.toThrow('must accept it');
});
