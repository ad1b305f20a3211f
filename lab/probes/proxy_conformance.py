#!/usr/bin/python3
"""Plays clients that mean ill, or are broken, to both proxies, and prints one JSON object: what came back in each case."""
import json
import resource
import socket
import struct
import sys
import time

HOST = "127.0.0.1"
SOCKS, HTTP = 1080, 1090
ORIGIN = "origin.lab.example"


def dial(port: int, timeout: float = 5) -> socket.socket:
    return socket.create_connection((HOST, port), timeout)


def talk(port: int, data: bytes, timeout: float = 5, until: int = 65536) -> bytes:
    """Everything that comes back until the end, the timeout, or so many bytes; an ending b'|' tells that the far end closed."""
    answer = b""
    with dial(port, timeout) as peer:
        try:
            peer.sendall(data)
            while len(answer) < until:
                more = peer.recv(4096)
                if not more:
                    return answer + b"|"
                answer += more
        except TimeoutError:
            pass
        except OSError:
            return answer + b"|"
    return answer


def status(data: bytes, timeout: float = 5) -> str:
    """An HTTP status, or how it ended without one."""
    answer = talk(HTTP, data, timeout, until=12)
    if answer.startswith(b"HTTP/1."):
        return answer[9:12].decode()
    return "closed" if answer.endswith(b"|") else "silence"


def request(line: str, *fields: str, host: str = ORIGIN, end: str = "\r\n", body: str = "") -> bytes:
    return end.join([line, f"Host: {host}", *fields, "", ""]).encode("latin-1") + body.encode()


def heads() -> dict:
    """Case 41: heads on which two servers could disagree."""
    def post(number: int, *fields: str, **more: str) -> str:
        return status(request(f"POST http://{ORIGIN}/head-{number}- HTTP/1.1", *fields, **more), 3)
    return {
        "CL and TE": post(1, "Content-Length: 3", "Transfer-Encoding: chunked", body="0\r\n\r\n"),
        "two CL": post(2, "Content-Length: 3", "Content-Length: 4", body="abcd"),
        "TE before a colon": post(3, "Transfer-Encoding : chunked", body="0\r\n\r\n"),
        "TE of two": post(4, "Transfer-Encoding: chunked, identity", body="0\r\n\r\n"),
        "bare LF": post(5, "Content-Length: 0", end="\n"),
        "folded": post(6, "X-Folded: a\r\n b", "Content-Length: 0"),
    }


def ports() -> dict:
    """Case 42."""
    return {
        "CONNECT 22": status(request(f"CONNECT {ORIGIN}:22 HTTP/1.1")),
        "CONNECT 65979": status(request(f"CONNECT {ORIGIN}:65979 HTTP/1.1")),
        "GET 8081": status(request(f"GET http://{ORIGIN}:8081/port-8081- HTTP/1.1")),
        "SOCKS 8081": reply(socks_request(port=8081)),
    }


def large() -> dict:
    """Case 44."""
    many = "".join(f"X-{number}: y\r\n" for number in range(20000)).rstrip()
    return {
        "1 MiB line": status(f"GET http://{ORIGIN}/{'a' * 1048576} HTTP/1.1\r\n\r\n".encode(), 10),
        "20000 headers": status(request(f"GET http://{ORIGIN}/large- HTTP/1.1", many), 10),
    }


def slow(count: int) -> dict:
    """Case 45: clients that say half a request and wait, then one that is in a hurry."""
    peers, refused = [], 0
    for number in range(count):
        try:
            peer = dial(HTTP if number % 2 else SOCKS)
            peer.sendall(b"GET http://origin" if number % 2 else b"\x05")
            peers.append(peer)
        except OSError:
            refused += 1
    time.sleep(1)
    began = time.monotonic()
    http = status(request(f"GET http://{ORIGIN}/hurry- HTTP/1.1"), 3)
    between = time.monotonic()
    socks = reply(socks_request())
    return {"http": http, "http seconds": between - began, "socks": socks, "socks seconds": time.monotonic() - between, "refused": refused}


def socks_request(name: bytes = ORIGIN.encode(), port: int = 80, command: int = 1, kind: int = 3) -> bytes:
    return b"\x05\x01\x00\x05" + bytes([command, 0, kind]) + (bytes([len(name)]) + name if kind == 3 else b"\0\0\0\0") + struct.pack(">H", port)


def reply(data: bytes, timeout: float = 5) -> str:
    """The reply code of a SOCKS5 request sent together with its greeting, or how it ended without one."""
    answer = talk(SOCKS, data, timeout, until=4)
    if len(answer) >= 4 and answer[:2] == b"\x05\x00":
        return str(answer[3])
    return answer.hex() if answer[-1:] != b"|" else (answer[:-1].hex() + " closed").strip()


def byte_by_byte() -> str:
    with dial(SOCKS) as peer:
        for each in socks_request():
            peer.sendall(bytes([each]))
            time.sleep(0.01)
        answer = b""
        while len(answer) < 4:
            answer += peer.recv(16)
        return str(answer[3])


def two_in_one() -> str:
    """What follows the request in the same packet is the server's."""
    answer = talk(SOCKS, socks_request() + request("GET /two-in-one- HTTP/1.1", "Connection: close"), 3)
    return "served" if b"200 OK" in answer else answer.hex()


def handshakes() -> dict:
    """Case 46."""
    silent = dial(SOCKS, 20)
    silent.sendall(b"\x05")
    silence = dial(HTTP, 20)
    silence.sendall(b"GET ")
    began = time.monotonic()
    answers = {
        "version 4": talk(SOCKS, b"\x04\x01\x00\x50\x00\x00\x00\x01x\x00" + ORIGIN.encode() + b"\x00", 3, until=2).hex(),
        "version 6": talk(SOCKS, b"\x06\x01\x00", 3).replace(b"|", b" closed").decode("latin-1").strip(),
        "no methods": talk(SOCKS, b"\x05\x00", 3).replace(b"|", b"").hex(),
        "no acceptable method": talk(SOCKS, b"\x05\x01\x01", 3).replace(b"|", b"").hex(),
        "name of 0": reply(socks_request(name=b"")),
        "name of 255": reply(socks_request(name=b"a" * 255)),
        "address type 9": reply(socks_request(kind=9)),
        "BIND": reply(socks_request(command=2)),
        "UDP": reply(socks_request(command=3)),
        "byte by byte": byte_by_byte(),
        "two in one packet": two_in_one(),
    }
    for name, peer in (("SOCKS silence", silent), ("HTTP silence", silence)):
        peer.settimeout(max(0.1, 14 - (time.monotonic() - began)))
        try:
            answers[name] = "closed" if peer.recv(64) is not None else ""
        except TimeoutError:
            answers[name] = "still open"
        except OSError:
            answers[name] = "closed"
    return answers


def crowd(count: int) -> dict:
    """Case 47: so many clients at once, who say half of what they want and stay for three seconds."""
    peers = []
    for number in range(count):
        try:
            peer = dial(HTTP if number % 2 else SOCKS, 1)
            peer.sendall(request(f"GET http://{ORIGIN}/crowd- HTTP/1.1")[:-2] if number % 2 else socks_request()[:-2])
            peers.append(peer)
        except OSError:
            pass
    time.sleep(3)
    return {"connected": len(peers)}


def stalled() -> dict:
    """Case 48: asks for an endless answer and reads none of it."""
    with dial(HTTP) as peer:
        peer.sendall(request(f"GET http://{ORIGIN}/flood HTTP/1.1"))
        time.sleep(8)
    with dial(SOCKS) as peer:
        peer.sendall(socks_request() + request("GET /flood HTTP/1.1"))
        time.sleep(8)
    return {}


def streams() -> dict:
    """When each of five chunks, sent 0.2 s apart, arrived: the least time between two."""
    gaps = {}
    for name, port, data in (
        ("http", HTTP, request(f"GET http://{ORIGIN}/trickle HTTP/1.1")),
        ("socks", SOCKS, socks_request() + request("GET /trickle HTTP/1.1")),
    ):
        times, answer = [], b""
        with dial(port) as peer:
            peer.sendall(data)
            while more := peer.recv(4096):
                answer += more
                times.append(time.monotonic())
        gaps[name] = max(times) - min(times) if answer.endswith(b"4\n") else -1
    return gaps


CASES = {
    "heads": heads, "ports": ports, "large": large, "slow": slow, "handshakes": handshakes,
    "crowd": crowd, "stalled": stalled, "streams": streams,
}

if __name__ == "__main__":
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    print(json.dumps(CASES[sys.argv[1]](*map(int, sys.argv[2:]))))
