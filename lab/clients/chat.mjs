// A streaming chat completion with the official OpenAI SDK.
// Use: OPENAI_API_KEY=... node chat.mjs BASE_URL MODEL [PROXY]
import OpenAI from "openai";
import { socksDispatcher } from "fetch-socks";
import { ProxyAgent, fetch } from "undici";

const [baseURL, model, proxy] = process.argv.slice(2);
if (!baseURL || !model) {
  console.error("use: node chat.mjs BASE_URL MODEL [PROXY]");
  process.exit(2);
}

/** The way out: straight, an HTTP proxy, or SOCKS5 with names resolved at the proxy. */
function dispatcherFor(address) {
  if (!address) {
    return undefined;
  }
  const url = new URL(address);
  if (url.protocol === "http:") {
    return new ProxyAgent(address);
  }
  if (url.protocol === "socks5h:") {
    return socksDispatcher({ type: 5, host: url.hostname, port: Number(url.port) });
  }
  throw new Error(`proxy ${address}: use http:// or socks5h://`);
}

try {
  // The SDK's fetch is undici's own, so that the dispatcher is of the same undici.
  const client = new OpenAI({
    baseURL,
    maxRetries: 0,
    timeout: 15_000,
    fetch,
    fetchOptions: { dispatcher: dispatcherFor(proxy) },
  });
  const stream = await client.chat.completions.create({
    model,
    stream: true,
    messages: [{ role: "user", content: "Say where you are." }],
  });
  for await (const chunk of stream) {
    process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
  }
  process.stdout.write("\n");
  // Kept-alive connections would hold the process for seconds.
  process.exit(0);
} catch (error) {
  console.error(`chat completion from ${baseURL}${proxy ? ` through ${proxy}` : ""}: ${error.message}${error.cause ? `: ${error.cause.message}` : ""}`);
  process.exit(1);
}
