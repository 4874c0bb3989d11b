import { scenario } from '../../inline-scenario.ts';

const never = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
scenario('It hangs', {}, async ({ does, later }) => {
  later((madeStays) =>
    does('Cleanup', async () => {
      await pause(Number(process.env.CLEANUP_TAKES ?? 500));
      console.log(madeStays ? 'all stays' : 'cleaned up');
    }),
  );
  await does('Given a thing');
  await does('When nothing comes', never);
});
scenario('It comes next', {}, async ({ does }) => does('Given a thing'));
