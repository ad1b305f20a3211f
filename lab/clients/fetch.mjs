// One GET with a client of Node, or a WebSocket's echo.
// Use: node fetch.mjs undici|agent|websocket URL PROXY
import https from "node:https";
import { socksDispatcher } from "fetch-socks";
import { HttpsProxyAgent } from "https-proxy-agent";
import { SocksProxyAgent } from "socks-proxy-agent";
import { ProxyAgent, fetch } from "undici";
import WebSocket from "ws";

const [client, url, proxy] = process.argv.slice(2);
const isHttp = proxy?.startsWith("http:");
const agent = () => (isHttp ? new HttpsProxyAgent(proxy) : new SocksProxyAgent(proxy));

const clients = {
  async undici() {
    const { hostname: host, port } = new URL(proxy);
    const dispatcher = isHttp ? new ProxyAgent(proxy) : socksDispatcher({ type: 5, host, port: Number(port) });
    return (await fetch(url, { dispatcher })).text();
  },
  agent: () =>
    new Promise((resolve, reject) => {
      const request = https.get(url, { agent: agent() }, (answer) => {
        let body = "";
        answer.on("data", (part) => (body += part)).on("end", () => resolve(body));
      });
      request.on("error", reject);
    }),
  websocket: () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { agent: agent() });
      socket.on("open", () => socket.send("echo")).on("message", (data) => resolve(data.toString())).on("error", reject);
    }),
};

try {
  console.log(await clients[client]());
  // Kept-alive connections would hold the process for seconds.
  process.exit(0);
} catch (error) {
  console.error(`${client} ${url} through ${proxy}: ${error.message}`);
  process.exit(1);
}
