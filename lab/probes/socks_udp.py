#!/usr/bin/python3
"""Datagrams through a SOCKS5 proxy's UDP ASSOCIATE (RFC 1928), as a QUIC client would send them.

Use: socks_udp.py PROXY TARGET PORT [--count N] [--size BYTES] [--pause SECONDS] [--patience SECONDS]

Prints as JSON the reply to the request, how many datagrams were answered, and from where the server saw them.
"""
import argparse
import ipaddress
import json
import socket
import struct
import time


def header(target: str, port: int) -> bytes:
    try:
        address = ipaddress.ip_address(target)
        where = bytes([1 if address.version == 4 else 4]) + address.packed
    except ValueError:
        where = bytes([3, len(target)]) + target.encode()
    return b"\0\0\0" + where + struct.pack(">H", port)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("proxy")
    parser.add_argument("target")
    parser.add_argument("port", type=int)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--size", type=int, default=1200)
    parser.add_argument("--pause", type=float, default=0.002)
    parser.add_argument("--patience", type=float, default=3)
    words = parser.parse_args()

    control = socket.create_connection((words.proxy, 1080), timeout=5)
    control.sendall(b"\x05\x01\x00\x05\x03\x00\x01\0\0\0\0\0\0")
    answer = b""
    while len(answer) < 12 and (part := control.recv(64)):
        answer += part
    reply = answer[3]
    if reply:
        print(json.dumps({"reply": reply, "answered": 0, "peers": []}))
        return

    relay = (socket.inet_ntoa(answer[6:10]), struct.unpack(">H", answer[10:12])[0])
    near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    near.settimeout(0.001)
    peers, answered, front = set(), 0, header(words.target, words.port)

    def listen(seconds: float, wanted: int) -> None:
        nonlocal answered
        until = time.monotonic() + seconds
        while time.monotonic() < until and answered < wanted:
            try:
                peer, _, data = near.recvfrom(65535)[0][10:].partition(b"|")
            except TimeoutError:
                continue
            if len(data) == words.size:
                answered += 1
                peers.add(peer.decode())

    for number in range(words.count):
        near.sendto(front + struct.pack(">I", number).ljust(words.size, b"q"), relay)
        # As a handshake does, the first waits for its answer: a name is resolved meanwhile, and few datagrams wait for that.
        listen(words.patience if number == 0 else words.pause, 1 if number == 0 else words.count)
    listen(words.patience, words.count)
    print(json.dumps({"reply": reply, "answered": answered, "peers": sorted(peers)}))


main()
