"""The LLM module: the only one that knows of the proxy.

`socks5h` lets the proxy resolve the provider's name, so that the question for it does not leave by the ordinary network.
"""
import os
from pathlib import Path

import requests

BASE_URL = os.environ.get("LLM_BASE_URL", "https://api.openai.com/v1")
MODEL = os.environ.get("LLM_MODEL", "gpt-4o-mini")
PROXY = os.environ.get("LLM_PROXY", "socks5h://vpn:1080")
KEY_FILE = Path(os.environ.get("LLM_KEY_FILE", "/run/secrets/llm-key"))

_session = requests.Session()
_session.proxies = {"http": PROXY, "https": PROXY}
# Whatever proxies the environment names are for others.
_session.trust_env = False
_session.verify = os.environ.get("REQUESTS_CA_BUNDLE", True)


def ask(question: str) -> str:
    """The model's answer; raises requests.RequestException when the call did not come through."""
    answer = _session.post(
        f"{BASE_URL}/chat/completions",
        headers={"Authorization": f"Bearer {KEY_FILE.read_text().strip()}"},
        json={"model": MODEL, "messages": [{"role": "user", "content": question}]},
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json()["choices"][0]["message"]["content"]
