#!/usr/bin/python3
"""What the matrix of clients asks for, over TLS and in clear.

Use: client_origin.py ADDRESS TLS_PORT CLEAR_PORT CERTIFICATE KEY FOLDER

GET /ip · GET /blob/N (with ranges) · PUT /upload → length and SHA-256 · GET /page (a page whose script calls /ip) · /echo (WebSocket) · /files/…
"""
import asyncio
import hashlib
import random
import ssl
import sys

from aiohttp import web

BLOCK = random.Random(7).randbytes(1 << 16)
PAGE = """<html><body><p id=at>nowhere</p><script>
fetch('/ip').then(answer => answer.text()).then(text => { document.getElementById('at').textContent = 'seen at ' + text; });
</script></body></html>"""


async def ip(request: web.Request) -> web.Response:
    return web.Response(text=request.remote)


async def page(request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def blob(request: web.Request) -> web.Response:
    whole = (BLOCK * (int(request.match_info["length"]) // len(BLOCK) + 1))[:int(request.match_info["length"])]
    part = request.http_range
    if part.start is None and part.stop is None:
        return web.Response(body=whole)
    first, last = part.start or 0, min(part.stop or len(whole), len(whole))
    return web.Response(status=206, body=whole[first:last], headers={"Content-Range": f"bytes {first}-{last - 1}/{len(whole)}"})


async def upload(request: web.Request) -> web.Response:
    digest, length = hashlib.sha256(), 0
    async for part in request.content.iter_chunked(1 << 18):
        digest.update(part)
        length += len(part)
    return web.Response(text=f"{length} {digest.hexdigest()}")


async def echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(f"{message.data} from {request.remote}")
    return socket


async def main(address: str, tls: str, clear: str, certificate: str, key: str, folder: str) -> None:
    app = web.Application(client_max_size=1 << 34)
    app.add_routes([
        web.get("/ip", ip), web.get("/page", page), web.get("/blob/{length}", blob), web.put("/upload", upload), web.get("/echo", echo),
        web.static("/files", folder),
    ])
    runner = web.AppRunner(app)
    await runner.setup()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    await web.TCPSite(runner, address, int(tls), ssl_context=context).start()
    await web.TCPSite(runner, address, int(clear)).start()
    print("serving", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
