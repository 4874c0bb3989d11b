import { scenario } from '../../../safety/support/planted-scenario.ts';

// What is printed, and by which way it could get out: the report, the console, the ledger, errors that vitest
// prints by itself.
scenario('It throws what it saw', {}, async ({ all }) => {
  throw new AggregateError([new Error(all)], all, { cause: new Error(all, { cause: all }) });
});
scenario('It reports what it saw', {}, async ({ all, step, finds, note }) => {
  step(all);
  step(all, new Error(all));
  finds(all, all);
  note(all);
});
scenario('It prints what it saw', {}, async ({ all }) => {
  console.log(all);
  console.error(all);
  process.stdout.write(all);
  process.stderr.write(all);
});
scenario('It leaves because of what it saw', {}, async ({ all, skip }) => skip(all));
scenario('It makes a fault of what it saw', {}, async ({ all, fault }) =>
  fault(all, { all, deep: [JSON.parse(JSON.stringify({ all }))] }),
);
scenario('It waits for what it saw', {}, async ({ expects }) => expects());
scenario('It cannot clean up what it saw', {}, async ({ all, later }) =>
  later(async () => {
    throw new Error(all);
  }),
);
scenario('It fails behind its own back', {}, async ({ all }) => {
  setTimeout(() => {
    throw new Error(all);
  }, 10);
  void Promise.reject(new Error(all));
  await new Promise((done) => setTimeout(done, 100));
});
