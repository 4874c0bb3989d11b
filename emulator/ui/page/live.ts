// Pauses before the next attempt in ms, by the number of failures in a row. After the last one there is no
// further attempt.
const pauses = [0, 3_000, 10_000];

/** The state of a connection, which the page shows. */
export type ConnectionState = 'connecting' | 'open' | 'closed';

/** WebSocket URL of a collection, relative to the page's own URL. */
export const streamUrl = (page: string, name: string): string => {
  const url = new URL(`v1/ws/1s/${name}`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
};

/**
 * Follows a collection with a WebSocket, as Longhorn's UI does. Opens a lost one again at once, after 3 s and
 * after 10 s. A silent one stays open: Longhorn's UI tries to close it, but reads a constant that its library
 * does not have (src/utils/websocket.js; robust-websocket 1.0.0, OPEN).
 */
export const followCollection = <T>(
  name: string,
  {
    isReopened,
    onData,
    onState,
  }: { isReopened: boolean; onData(data: T[]): void; onState(state: ConnectionState): void },
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
