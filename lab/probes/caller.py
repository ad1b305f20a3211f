#!/usr/bin/python3
"""Calls a provider again and again, directly and through both proxies, and prints one JSON line a call, until the input ends."""
import http.client
import json
import socket
import sys
import threading
import time

HOST, PATH = "openrouter.ai", "/ip"
SOCKS, HTTP = ("127.0.0.1", 1080), ("127.0.0.1", 1090)
PATIENCE, PAUSE = 1.0, 0.05


def through_socks() -> socket.socket:
    """RFC 1928: no authentication, CONNECT by name."""
    opened = socket.create_connection(SOCKS, PATIENCE)
    name = HOST.encode()
    opened.sendall(b"\x05\x01\x00" + b"\x05\x01\x00\x03" + bytes([len(name)]) + name + (80).to_bytes(2, "big"))
    answer = b""
    while len(answer) < 12:
        more = opened.recv(12 - len(answer))
        if not more:
            raise ConnectionError("closed during the handshake")
        answer += more
    if answer[3] != 0:
        raise ConnectionError(f"SOCKS reply {answer[3]}")
    return opened


def peer_seen(way: str) -> str:
    """The address that the provider says it sees."""
    target = HTTP if way == "http" else (HOST, 80)
    connection = http.client.HTTPConnection(*target, timeout=PATIENCE)
    try:
        if way == "socks5":
            connection.sock = through_socks()
        connection.request("GET", f"http://{HOST}{PATH}" if way == "http" else PATH, headers={"Host": HOST})
        answer = connection.getresponse()
        body = answer.read().decode().strip()
        if answer.status != 200:
            raise ConnectionError(f"status {answer.status}")
        return body
    finally:
        connection.close()


def call_forever(way: str) -> None:
    while True:
        try:
            outcome = {"peer": peer_seen(way)}
        except (OSError, http.client.HTTPException) as failure:
            outcome = {"failure": f"{type(failure).__name__}: {failure}"}
        print(json.dumps({"way": way, "at": time.time(), **outcome}), flush=True)
        time.sleep(PAUSE)


for each in ("direct", "socks5", "http"):
    threading.Thread(target=call_forever, args=(each,), daemon=True).start()
sys.stdin.read()
