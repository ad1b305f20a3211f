#!/usr/bin/python3
"""A server behind the proxies: prints one JSON line for what each connection sent first, answers 200, and floods whoever asks for /flood."""
import asyncio
import json
import sys

BLOCK = b"x" * 65536


async def flood(writer: asyncio.StreamWriter) -> None:
    sent = 0
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(BLOCK)
        try:
            await asyncio.wait_for(writer.drain(), 2)
        except (asyncio.TimeoutError, OSError):
            break
        sent += len(BLOCK)
    print(json.dumps({"flooded": sent}), flush=True)


async def trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for number in range(5):
        writer.write(b"%d\n" % number)
        await writer.drain()
        await asyncio.sleep(0.2)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    port = writer.get_extra_info("sockname")[1]
    try:
        received = await asyncio.wait_for(reader.read(65536), 5)
        if b"\r\n\r\n" not in received and b"HTTP/1" in received:
            received += await asyncio.wait_for(reader.read(65536), 1)
    except asyncio.TimeoutError:
        received = b""
    except OSError:
        return
    print(json.dumps({"port": port, "received": received.decode("latin-1")}), flush=True)
    try:
        if b" /flood" in received:
            await flood(writer)
        elif b" /trickle" in received:
            await trickle(writer)
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
    except OSError:
        pass  # The caller went away.
    finally:
        writer.close()


async def main() -> None:
    servers = [await asyncio.start_server(serve, sys.argv[1], int(port), backlog=2048) for port in sys.argv[2:]]
    print("serving", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main())
