// Each way in which a tool can call, by the name that reports have for it. A way gets { url, key } and gives the answer's text.
"use strict";
const https = require("https");
const tls = require("tls");
const { execFile } = require("child_process");
const { promisify } = require("util");
const { Worker } = require("worker_threads");
const undici = require("undici");

const body = JSON.stringify({ model: "gpt-lab", messages: [{ role: "user", content: "hi" }] });
const headersOf = key => ({ "content-type": "application/json", authorization: `Bearer ${key}` });

const textOf = stream =>
  new Promise((done, fail) => {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", part => (text += part)).on("end", () => done(text)).on("error", fail);
  });

const request = ({ url, key }, options) =>
  new Promise((done, fail) => {
    const call = https.request(url, { method: "POST", headers: headersOf(key), ...options }, reply => textOf(reply).then(done, fail));
    call.on("error", fail);
    call.end(body);
  });

const throughUndici = async ({ url, key }, options) =>
  (await undici.request(url, { method: "POST", headers: headersOf(key), body, ...options })).body.text();

const raw = ({ url, key }) => {
  const { hostname, pathname } = new URL(url);
  const socket = tls.connect(443, hostname, { servername: hostname });
  const headers = { host: hostname, connection: "close", "content-length": body.length, ...headersOf(key) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
  return textOf(socket);
};

// What a child and a worker run: their own Node, whose fetch nobody has wrapped.
const fetching = ({ url, key }) =>
  `fetch(${JSON.stringify(url)}, ${JSON.stringify({ method: "POST", headers: headersOf(key), body })}).then(reply => reply.text())`;

const childOf = async (program, options) => (await promisify(execFile)(program, options)).stdout;

const worker = call =>
  new Promise((done, fail) => {
    const thread = new Worker(`${fetching(call)}.then(text => require("worker_threads").parentPort.postMessage(text))`, { eval: true });
    thread.on("message", done).on("error", fail);
  });

exports.ways = {
  "https.request": call => request(call),
  "https.request, own Agent": call => request(call, { agent: new https.Agent() }),
  "global fetch": async ({ url, key }) => (await fetch(url, { method: "POST", headers: headersOf(key), body })).text(),
  "own undici": call => throughUndici(call),
  "undici EnvHttpProxyAgent": call => throughUndici(call, { dispatcher: new undici.EnvHttpProxyAgent() }),
  "raw tls": raw,
  "child curl": ({ url, key }) =>
    childOf("curl", ["--silent", "--show-error", ...Object.entries(headersOf(key)).flatMap(pair => ["--header", pair.join(": ")]), "--data", body, url]),
  "child node": call => childOf("node", ["-e", `${fetching(call)}.then(console.log)`]),
  "worker fetch": worker,
};
