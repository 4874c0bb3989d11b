// If a signal ends only vitest, its workers keep running, with all processes of their tests. A worker notices that its
// channel to vitest is closed. It ends by a signal, because vitest forbids an exit, and execa then ends its processes.
if (process.listenerCount('disconnect') === 0)
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
