#!/usr/bin/python3
"""Constant load that would leak wherever it could: UDP, DNS and TCP to many places, until the input ends.

Needs no privilege. Prints how many packets and connections were tried and how many the kernel refused to send.
"""
import argparse
import errno
import json
import select
import socket
import struct
import sys
import time

SO_BINDTODEVICE = 25
# A question for the A record of leak.lab.example.
QUESTION = struct.pack("!HHHHHH", 0x4C42, 0x0100, 1, 0, 0, 0) + b"\x04leak\x03lab\x07example\0" + struct.pack("!HH", 1, 1)
# A datagram, a query, the first packet of a connection.
KINDS = ((socket.SOCK_DGRAM, 9, b"leak"), (socket.SOCK_DGRAM, 53, QUESTION), (socket.SOCK_STREAM, 443, None))


def sent(target: str, device: str | None, kind: int, port: int, payload: bytes | None) -> bool:
    """One try; false when the kernel refuses it at once."""
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    with socket.socket(family, kind) as tried:
        tried.setblocking(False)
        try:
            if device:
                tried.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
            if payload is None:
                return tried.connect_ex((target, port)) in (0, errno.EINPROGRESS)
            return tried.sendto(payload, (target, port)) == len(payload)
        except OSError:
            return False


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--device", help="bind every socket to this interface")
    options.add_argument("--rate", type=float, default=200, help="tries a second")
    options.add_argument("targets", nargs="+", metavar="ADDRESS")
    asked = options.parse_args()
    tried = refused = 0
    print("loading", flush=True)
    while True:
        for target in asked.targets:
            for kind in KINDS:
                if select.select([sys.stdin], [], [], 0)[0]:
                    print(json.dumps({"tried": tried, "refused": refused}))
                    return
                tried += 1
                refused += not sent(target, asked.device, *kind)
                time.sleep(1 / asked.rate)


main()
