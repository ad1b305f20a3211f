#!/usr/bin/python3
"""One GET with a client of Python, or a WebSocket's echo.

Use: fetch.py requests|pysocks|httpx|aiohttp|aiohttp-socks|aiohttp-websocket URL PROXY
"""
import asyncio
import sys
from urllib.parse import urlsplit


def with_requests(url: str, proxy: str) -> str:
    import requests

    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": proxy, "https": proxy}
    return session.get(url, timeout=10).text


def with_pysocks(url: str, proxy: str) -> str:
    import socks

    target, way = urlsplit(url), urlsplit(proxy)
    kind = socks.HTTP if way.scheme == "http" else socks.SOCKS5
    connection = socks.create_connection(
        (target.hostname, target.port or 80), timeout=10, proxy_type=kind, proxy_addr=way.hostname, proxy_port=way.port, proxy_rdns=True)
    connection.sendall(f"GET {target.path} HTTP/1.0\r\nHost: {target.hostname}\r\n\r\n".encode())
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer.partition(b"\r\n\r\n")[2].decode()


def with_httpx(url: str, proxy: str) -> str:
    import httpx

    with httpx.Client(proxies=proxy.replace("socks5h:", "socks5:"), trust_env=False, timeout=10) as client:
        return client.get(url).text


async def with_aiohttp(url: str, proxy: str) -> str:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(url, proxy=proxy) as answer:
        return await answer.text()


async def with_aiohttp_socks(url: str, proxy: str) -> str:
    import aiohttp
    import aiohttp_socks

    connector = aiohttp_socks.ProxyConnector.from_url(proxy.replace("socks5h:", "socks5:"), rdns=True)
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as answer:
        return await answer.text()


async def with_aiohttp_websocket(url: str, proxy: str) -> str:
    import aiohttp

    async with aiohttp.ClientSession() as session, session.ws_connect(url, proxy=proxy) as socket:
        await socket.send_str("echo")
        return await socket.receive_str(timeout=10)


CLIENTS = {
    "requests": with_requests,
    "pysocks": with_pysocks,
    "httpx": with_httpx,
    "aiohttp": lambda url, proxy: asyncio.run(with_aiohttp(url, proxy)),
    "aiohttp-socks": lambda url, proxy: asyncio.run(with_aiohttp_socks(url, proxy)),
    "aiohttp-websocket": lambda url, proxy: asyncio.run(with_aiohttp_websocket(url, proxy)),
}

if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in CLIENTS:
        sys.exit(__doc__)
    print(CLIENTS[sys.argv[1]](*sys.argv[2:]))
