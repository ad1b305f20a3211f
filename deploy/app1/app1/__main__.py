"""GET /ask?q=…  answers with the LLM · GET /partner  calls somebody else, without it · GET /health"""
import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import requests

from app1 import llm, partner

PORT = 8000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        try:
            if url.path == "/ask":
                self.answer(200, {"answer": llm.ask(query.get("q", ["Say hi."])[0])})
            elif url.path == "/partner":
                self.answer(200, {"body": partner.fetch()})
            elif url.path == "/health":
                self.answer(200, {"ok": True})
            else:
                self.answer(404, {"error": "no such page"})
        except (requests.RequestException, OSError) as error:
            self.answer(502, {"error": type(error).__name__})

    def answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """The path without its query, which holds what a person asked."""
        sys.stderr.write(f"{self.command} {urlsplit(self.path).path}\n")


# The first process of a container gets no default action for a signal.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
