// A signal that ends vitest alone leaves its workers, with all that their tests have started. They lose the channel to
// it at once. By the signal, and not by an exit, which vitest forbids a test: so execa ends what it has started.
if (process.listenerCount('disconnect') === 0)
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
