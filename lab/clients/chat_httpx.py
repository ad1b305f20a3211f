#!/usr/bin/python3
"""A streaming chat completion with httpx.

Use: OPENAI_API_KEY=... chat_httpx.py BASE_URL MODEL [PROXY]
"""
import json
import os
import sys

import httpx


def main() -> int:
    if len(sys.argv) not in (3, 4):
        print("use: chat_httpx.py BASE_URL MODEL [PROXY]", file=sys.stderr)
        return 2
    base_url, model = sys.argv[1:3]
    proxy = sys.argv[3] if len(sys.argv) == 4 else None
    # httpx spells it socks5 and always lets the proxy resolve the name.
    route = proxy.replace("socks5h://", "socks5://") if proxy else None
    try:
        with httpx.Client(proxies=route, trust_env=False, timeout=15) as client, client.stream(
            "POST",
            f"{base_url}/chat/completions",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"model": model, "stream": True, "messages": [{"role": "user", "content": "Say where you are."}]},
        ) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                event = line.strip().removeprefix("data: ")
                if event == "[DONE]":
                    print()
                    return 0
                if event:
                    print(json.loads(event)["choices"][0]["delta"].get("content", ""), end="", flush=True)
        print("the stream ended before [DONE]", file=sys.stderr)
    except httpx.HTTPError as error:
        print(f"chat completion from {base_url}{f' through {proxy}' if proxy else ''}: {error!r}", file=sys.stderr)
    return 1


sys.exit(main())
