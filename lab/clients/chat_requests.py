#!/usr/bin/python3
"""A streaming chat completion with requests (SOCKS through PySocks).

Use: OPENAI_API_KEY=... chat_requests.py BASE_URL MODEL [PROXY]
"""
import json
import os
import sys

import requests


def main() -> int:
    if len(sys.argv) not in (3, 4):
        print("use: chat_requests.py BASE_URL MODEL [PROXY]", file=sys.stderr)
        return 2
    base_url, model = sys.argv[1:3]
    proxy = sys.argv[3] if len(sys.argv) == 4 else None
    session = requests.Session()
    session.trust_env = False  # only the proxy that was named
    if proxy:
        session.proxies = {"http": proxy, "https": proxy}
    try:
        with session.post(
            f"{base_url}/chat/completions",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"model": model, "stream": True, "messages": [{"role": "user", "content": "Say where you are."}]},
            stream=True,
            timeout=15,
        ) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                event = line.decode().removeprefix("data: ")
                if event == "[DONE]":
                    print()
                    return 0
                if event:
                    print(json.loads(event)["choices"][0]["delta"].get("content", ""), end="", flush=True)
        print("the stream ended before [DONE]", file=sys.stderr)
    except requests.RequestException as error:
        print(f"chat completion from {base_url}{f' through {proxy}' if proxy else ''}: {error}", file=sys.stderr)
    return 1


sys.exit(main())
