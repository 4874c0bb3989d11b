// Before the next attempt, by how many have failed since the last that did not; then it is given up.
const pauses = [0, 3_000, 10_000];

/** The state of a connection, as its sign on the page says it. */
export type LiveState = 'connecting' | 'open' | 'closed';

/** Where the API's collection is followed, seen from the page's own address. */
export const streamUrl = (page: string, name: string): string => {
  const url = new URL(`v1/ws/1s/${name}`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
};

/**
 * Follows a collection by its WebSocket, as Longhorn's UI does: one that ends is opened again, at once, after
 * 3 s and after 10 s. One that sends nothing stays open: that UI means to close it, but asks its library for
 * a state that this does not have (src/utils/websocket.js; robust-websocket 1.0.0, OPEN).
 */
export const followCollection = <T>(
  name: string,
  {
    isReopened,
    onData,
    onState,
  }: { isReopened: boolean; onData(data: T[]): void; onState(state: LiveState): void },
): void => {
  let attempts = 0;
  const open = (): void => {
    attempts += 1;
    onState('connecting');
    const socket = new WebSocket(streamUrl(location.href, name));
    socket.addEventListener('open', () => {
      attempts = 0;
      onState('open');
    });
    socket.addEventListener('message', (message) => onData(JSON.parse(message.data).data));
    socket.addEventListener('close', () => {
      onState('closed');
      const pause = pauses[attempts];
      if (isReopened && pause !== undefined) setTimeout(open, pause);
    });
  };
  open();
};
