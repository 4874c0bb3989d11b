// Before the next attempt, by how many have failed since the last that did not; then it is given up.
const pauses = [0, 3_000, 10_000];

const lookEvery = 30_000;

/** The state of a connection, as its sign on the page says it. */
export type LiveState = 'connecting' | 'open' | 'closed';

/** Where the API's collection is followed, seen from the page's own address. */
export const streamUrl = (page: string, name: string): string => {
  const url = new URL(`v1/ws/1s/${name}`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
};

/**
 * Follows a collection by its WebSocket, as Longhorn's UI does: one that ends is opened again, at once, after 3 s and after 10 s. One that tells nothing
 * for two looks, 30 s apart, is closed, which is meant to open it again and does not: from then on the page stays as it is.
 */
export const follow = <T>(
  name: string,
  { isReopened, onData, onState }: { isReopened: boolean; onData(data: T[]): void; onState(state: LiveState): void },
): void => {
  let attempts = 0;
  let isRecent = true;
  let socket: WebSocket;
  const open = (): void => {
    attempts += 1;
    onState('connecting');
    socket = new WebSocket(streamUrl(location.href, name));
    socket.addEventListener('open', () => {
      attempts = 0;
      onState('open');
    });
    socket.addEventListener('message', (message) => {
      isRecent = true;
      onData(JSON.parse(message.data).data);
    });
    socket.addEventListener('close', ({ code }) => {
      onState('closed');
      const pause = pauses[attempts];
      if (isReopened && pause !== undefined && code !== 1000) setTimeout(open, pause);
    });
  };
  open();
  setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!isRecent) socket.close(1000);
    isRecent = !isRecent;
  }, lookEvery);
};
