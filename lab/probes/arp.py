#!/usr/bin/python3
"""Ask by ARP for an address of a neighbour and count the replies."""
import argparse
import socket
import struct

import frame

REPLY = 2


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--interface", required=True, help="the asker's end of the cable")
    options.add_argument("--source", required=True, help="the asker's own address")
    options.add_argument("--target", required=True, help="address that is asked for")
    options.add_argument("--count", type=int, default=3)
    options.add_argument("--seconds", type=float, default=1.0, help="how long replies are waited for")
    asked = options.parse_args()
    target = socket.inet_aton(asked.target)

    def is_reply(data: bytes) -> bool:
        return (data[12:14] == struct.pack("!H", frame.ARP) and data[20:22] == struct.pack("!H", REPLY)
                and data[28:32] == target)

    link = frame.open_link(asked.interface)
    mine = frame.own_mac(link)
    question = struct.pack("!HHBBH6s4s6s4s", 1, frame.IPV4, 6, 4, 1, mine, socket.inet_aton(asked.source), bytes(6), target)
    for _ in range(asked.count):
        link.send(b"\xff" * 6 + mine + struct.pack("!H", frame.ARP) + question)
    frame.report(asked.count, frame.heard(link, is_reply, asked.seconds))


main()
