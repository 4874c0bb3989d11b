import { scenario } from '../../inline-scenario.ts';

const broken = (message: string) => () => {
  throw Object.assign(new Error(message), { verdict: {} });
};
scenario('It is red', {}, async ({ does }) => {
  await does('Given a thing');
  await does('Then it breaks', () => {
    throw new Error('expected a thing\nand got another', { cause: new Error('the thing is gone') });
  });
});
scenario('It has a gap', {}, async ({ does }) => {
  await does('Then a history is judged', () => {
    throw Object.assign(new Error('the watch lost 3 s'), {
      verdict: { state: 'not-provable', reason: 'the watch lost 3 s' },
    });
  });
});
let runs = 0;
scenario('It loses its premise once', {}, async ({ does, later }) => {
  runs += 1;
  const run = runs;
  later(() => does(`Cleanup of run ${run}`));
  await does(`Then run ${run} is in time`, () => {
    if (run === 1)
      throw Object.assign(new Error('the back-off was over before'), { verdict: { state: 'not-provable' } });
  });
});
let failures = 0;
scenario('It is broken once', {}, async ({ does }) => {
  failures += 1;
  await does('Then it is not broken', failures === 1 ? broken('expected a thing') : () => {});
});
scenario('It needs more', {}, async ({ reclassifies, skip }) => {
  reclassifies('something else ended');
  skip('no RWX volumes');
});
scenario('It finds', {}, async ({ finds }) =>
  finds({ code: 'manual-is-wrong', title: 'The manual is wrong', detail: 'It says A' }),
);
scenario('It leaves something behind', {}, async ({ later }) => later(broken('the volume is still there')));
scenario('It is red and leaves something behind', {}, async ({ does, later }) => {
  later(broken('the volume is still there'));
  await does('Then it breaks', broken('expected a thing'));
});
scenario('It takes too long', { timeout: '300ms' }, async ({ does, later }) => {
  later(() => does('Cleanup'));
  await does(
    'When nothing comes',
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
});
scenario('It has stood beside a crash', {}, async ({ does, reclassifies }) => {
  reclassifies('something else ended meanwhile');
  await does('Then it works', () => {
    throw new Error('it does not');
  });
});
const judged = (name: string, own?: string, end?: string) =>
  scenario(name, {}, async ({ does, atTheEnd, later }) => {
    later(() => does('Cleanup'));
    atTheEnd(() =>
      does('Then all is judged', () => {
        if (end) throw new Error(end);
      }),
    );
    await does('When it begins', () => {
      if (own) throw new Error(own);
    });
  });
judged('It fails at the end', undefined, 'nobody knows this message');
judged('It does not get to the end', 'it did not');
