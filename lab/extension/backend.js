// As the Kilo extension does it: a `kilo serve` of its own on a free port, with the extension host's environment and a random
// password, spoken to over loopback. The backend makes the call.
"use strict";
const http = require("http");
const { randomBytes } = require("crypto");
const { spawn } = require("child_process");

const ask = (port, password, path, value) =>
  new Promise((done, fail) => {
    const authorization = `Basic ${Buffer.from(`kilo:${password}`).toString("base64")}`;
    const options = { method: "POST", headers: { "content-type": "application/json", authorization } };
    const call = http.request(`http://127.0.0.1:${port}${path}`, options, reply => {
      let text = "";
      reply.on("data", part => (text += part));
      reply.on("end", () => (reply.statusCode < 300 ? done(text) : fail(new Error(`${path}: ${reply.statusCode} ${text}`))));
    });
    call.on("error", fail);
    call.end(JSON.stringify(value));
  });

const portOf = child =>
  new Promise((done, fail) => {
    let text = "";
    const look = part => {
      text += part;
      const port = /listening on http:\/\/[^\s:]+:(\d+)/.exec(text);
      if (port) done(port[1]);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("error", fail).on("exit", code => fail(new Error(`kilo serve ended with ${code}: ${text}`)));
  });

exports.backend = async ({ key, deadline }) => {
  const password = randomBytes(16).toString("hex");
  const child = spawn("kilo", ["serve", "--port", "0"], { env: { ...process.env, KILO_SERVER_PASSWORD: password, LLM_KEY: key }, detached: true });
  const end = () => {
    // It gives up on nothing by itself, and the wrapper has a child.
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  const timer = setTimeout(end, deadline);
  try {
    const port = await portOf(child);
    const session = JSON.parse(await ask(port, password, "/session", {}));
    const message = JSON.parse(await ask(port, password, `/session/${session.id}/message`, { parts: [{ type: "text", text: "say hi" }] }));
    if (message.info && message.info.error) throw new Error(JSON.stringify(message.info.error));
    return JSON.stringify(message.parts);
  } finally {
    clearTimeout(timer);
    end();
  }
};
