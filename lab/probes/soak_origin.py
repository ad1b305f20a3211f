#!/usr/bin/python3
"""Answers each connection by its first line: `get BYTES SEED` sends that many bytes, `put BYTES` takes them and tells their SHA-256."""
import asyncio
import hashlib
import random
import sys

BLOCK = 65536


def block(seed: int) -> bytes:
    return random.Random(seed).randbytes(BLOCK)


async def send(writer: asyncio.StreamWriter, length: int, seed: int) -> None:
    data, chance = block(seed), random.Random()
    while length > 0:
        part = data[:min(length, chance.randint(1, BLOCK))]
        writer.write(part)
        await writer.drain()
        if writer.is_closing():
            return  # drain() does not tell that the caller has gone
        length -= len(part)
        data = data[len(part):] + data[:len(part)]
        if chance.random() < 0.02:
            await asyncio.sleep(chance.random())  # a model that thinks


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        verb, *numbers = (await reader.readline()).split()
        if verb == b"get":
            await send(writer, int(numbers[0]), int(numbers[1]))
        else:
            digest, left = hashlib.sha256(), int(numbers[0])
            while left > 0 and (part := await reader.read(min(left, BLOCK))):
                digest.update(part)
                left -= len(part)
            writer.write(digest.hexdigest().encode())
        if not writer.is_closing():
            await writer.drain()
            writer.write_eof()
    except (OSError, ValueError):
        pass  # The caller went away, as many of them do on purpose.
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]), backlog=4096)
    print("serving", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
