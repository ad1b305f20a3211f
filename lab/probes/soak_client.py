#!/usr/bin/python3
"""Keeps many tunnels through both proxies opening, streaming, stalling and dying at random, and checks every byte.

Prints a JSON line at the end: how many were whole, how many were left on purpose, how many failed, and every wrong byte.
"""
import argparse
import asyncio
import collections
import hashlib
import json
import random
import sys
import time

from soak_origin import BLOCK, block

SOCKS, HTTP = ("127.0.0.1", 1080), ("127.0.0.1", 1090)


async def through_socks(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*SOCKS)
    address = bytes(map(int, host.split(".")))
    writer.write(b"\x05\x01\x00" + b"\x05\x01\x00\x01" + address + port.to_bytes(2, "big"))
    answer = await reader.readexactly(12)
    if answer[3] != 0:
        raise ConnectionError(f"SOCKS reply {answer[3]}")
    return reader, writer


async def through_http(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*HTTP)
    writer.write(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head:
        raise ConnectionError(head.split(b"\r\n")[0].decode())
    return reader, writer


async def get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chance: random.Random, note: dict) -> str:
    length, seed = int(chance.paretovariate(0.7) * 2000) % 20_000_000 + 1, chance.randint(1, 2**31)
    note.update(verb="get", length=length, at=0)
    leave_at = chance.randint(0, length) if chance.random() < 0.3 else None
    writer.write(f"get {length} {seed}\n".encode())
    expected, at = block(seed), 0
    while part := await reader.read(BLOCK):
        whole = (expected * (1 + (at % BLOCK + len(part)) // BLOCK + 1))[at % BLOCK:][:len(part)]
        if part != whole:
            return "wrong"
        at += len(part)
        note["at"] = at
        if leave_at is not None and at >= leave_at:
            return "left"
        if chance.random() < 0.005:
            await asyncio.sleep(chance.random() * 2)  # a client that stalls
    return "whole" if at == length else "short"


async def put(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chance: random.Random, note: dict) -> str:
    length, data = chance.randint(1, 1_000_000), block(chance.randint(1, 2**31))
    note.update(verb="put", length=length)
    sent = (data * (length // BLOCK + 1))[:length]
    writer.write(f"put {length}\n".encode() + sent)
    writer.write_eof()  # half-close: the answer still comes
    answer = await reader.read()
    return "whole" if answer.decode() == hashlib.sha256(sent).hexdigest() else "wrong" if len(answer) == 64 else "short"


async def tunnels(host: str, port: int, until: float, counts: collections.Counter, chance: random.Random) -> None:
    while time.monotonic() < until:
        writer, began, note = None, time.monotonic(), {}
        try:
            reader, writer = await chance.choice((through_socks, through_http))(host, port)
            counts[await chance.choice((get, put))(reader, writer, chance, note)] += 1
        except (OSError, asyncio.IncompleteReadError) as failure:
            counts[f"failed: {type(failure).__name__} {failure}"[:80]] += 1
            own = writer.get_extra_info("sockname") if writer is not None else None
            print(f"{time.strftime('%T')}.{time.time() % 1 * 1000:03.0f} {own} after {time.monotonic() - began:.1f} s, {note}: {failure}", file=sys.stderr, flush=True)
            await asyncio.sleep(0.1)
        finally:
            if writer is not None:
                (writer.transport.abort if chance.random() < 0.5 else writer.close)()


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("host")
    options.add_argument("port", type=int)
    options.add_argument("--tunnels", type=int, default=2000)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    counts: collections.Counter = collections.Counter()
    until = time.monotonic() + asked.seconds
    await asyncio.gather(*(tunnels(asked.host, asked.port, until, counts, random.Random(asked.seed + n)) for n in range(asked.tunnels)))
    print(json.dumps(counts))


asyncio.run(main())
