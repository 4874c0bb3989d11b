import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listen } from '../listen.ts';
import type { Mutant } from '../mutants.ts';
import { createProxy, type ProxyOptions } from './proxy.ts';

/** The page's frame. Its script makes the content, with the mutant in data-mutant. */
const pageHtml = (mutant: Mutant | undefined): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Longhorn (emulator)</title>
<link rel="icon" href="data:,">
<style>
  body { font: 14px sans-serif; margin: 24px; color: #333; }
  .ant-menu { display: flex; gap: 24px; margin: 0; padding: 0; list-style: none; }
  .ant-table-content { position: relative; }
  .ant-table-scroll { overflow-x: auto; }
  .ant-table-fixed-right { position: absolute; top: 0; right: 0; background: #fff; box-shadow: -6px 0 6px -4px #0003; }
  .ant-table-fixed-columns-in-body { visibility: hidden; }
  .anticon-warning::before { content: '\\25B2'; }
  .anticon-check-circle::before { content: '\\2713'; }
  .tree-snapshot-icon { width: 36px; height: 36px; }
  .mark { display: inline-block; background: #00c1de; }
  .anticon-info-circle::before { content: '\\24D8'; }
  .healthy { color: #27ae5f; }
  .ant-form-item { margin: 8px 0; }
  table { border-collapse: collapse; table-layout: fixed; width: max-content; }
  th, td { height: 48px; padding: 4px 12px; overflow-wrap: break-word; border-bottom: 1px solid #e8e8e8; text-align: center; }
  .ant-table-placeholder { padding: 24px; text-align: center; color: #999; }
  .error, .anticon-warning { color: #f5222d; }
  .anticon-warning { margin-right: 10px; }
  .anticon-tags::before { content: '\\1F3F7'; }
  .ant-progress-inner { display: inline-block; width: 80px; height: 8px; background: #eee; }
  .ant-progress-bg { height: 8px; background: #108ee9; }
  .ant-tooltip, .ant-dropdown, .ant-select-dropdown, .ant-message-notice, .ant-modal-wrap { position: fixed; z-index: 1; }
  .ant-tooltip-inner { max-width: 600px; padding: 6px 8px; background: #333; color: #fff; overflow-wrap: anywhere; }
  .ant-dropdown-menu, .ant-select-dropdown-menu { margin: 0; padding: 4px 0; list-style: none; background: #fff; box-shadow: 0 2px 8px #0003; }
  .ant-dropdown-menu-item, .ant-select-dropdown-menu-item { padding: 5px 12px; cursor: pointer; }
  .ant-dropdown-menu-item-disabled { color: #bbb; cursor: not-allowed; }
  .ant-modal-wrap { inset: 0; background: #0006; }
  .ant-modal-content { width: 800px; margin: 100px auto; padding: 32px; background: #fff; }
  .ant-modal-confirm-title { font-weight: bold; }
  .ant-modal-confirm-btns { text-align: right; }
  .ant-input, .ant-select-selection { width: 95%; }
  .ant-select-selection { min-height: 24px; border: 1px solid #ccc; }
  .ant-message-notice { top: 16px; left: 30%; padding: 10px 16px; background: #fff; color: #f5222d; box-shadow: 0 2px 8px #0003; }
  footer span { margin-right: 16px; color: #999; }
  footer .socket-closed { color: #f5222d; }
</style>
<body${mutant === undefined ? '' : ` data-mutant="${mutant}"`}>
<script type="module" src="page.js"></script>
</body>
</html>
`;

/** Port of the user interface in its pod. */
export const uiPort = 8000;

type FrontendOptions = ProxyOptions & {
  /** Address to listen on. Default: all addresses of the pod, because forwarded ports connect from inside it. */
  uiHost?: string;
  /** File with the page's script. */
  page: string;
  mutant: Mutant | undefined;
  signal: AbortSignal;
};

const isApi = (url: string | undefined): boolean => /^\/v1(?:[/?]|$)/.test(url ?? '');

const answer = async (
  { url = '/' }: IncomingMessage,
  response: ServerResponse,
  { page, mutant }: Pick<FrontendOptions, 'page' | 'mutant'>,
): Promise<void> => {
  if (url === '/') {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'max-age=0' })
      .end(pageHtml(mutant));
  } else if (url === '/page.js') {
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(await readFile(page));
  } else {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`not emulated: ${url}\n`);
  }
};

/** Serves the user interface, and forwards the API to the managers. Resolves once it listens. */
export const serveFrontend = async ({
  uiHost,
  page,
  mutant,
  signal,
  ...options
}: FrontendOptions): Promise<void> => {
  const proxy = createProxy(options);
  // Idle connections are never closed, as in serveApi.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (isApi(request.url)) return proxy.request(request, response);
    answer(request, response, { page, mutant }).catch((error) => {
      options.log.error('Cannot serve the user interface', { error });
      response.writeHead(500).end();
    });
  });
  const upgraded = new Set<Socket>();
  server.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket;
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    proxy.upgrade(request, socket, head);
  });
  signal.addEventListener('abort', () => {
    for (const socket of upgraded) socket.destroy();
  });
  await listen(server, { port: uiPort, ...(uiHost && { host: uiHost }) }, signal);
};
