#!/usr/bin/python3
"""A host's own resolver, as systemd-resolved is one: listens on a loopback address, prints each name that it is asked for, and asks another."""
import socket
import struct
import sys


def name_in(question: bytes) -> str:
    labels, at = [], 12
    while length := question[at]:
        labels.append(question[at + 1:at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels)


def answer(question: bytes, upstream: str) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.settimeout(2)
        asked.sendto(question, (upstream, 53))
        try:
            return asked.recv(4096)
        except TimeoutError:
            # SERVFAIL: the same header with the response bit and the code.
            return question[:2] + struct.pack("!H", 0x8182) + question[4:]


def main() -> None:
    address, upstream = sys.argv[1:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind((address, 53))
        print("listening", flush=True)
        while True:
            question, who = listening.recvfrom(4096)
            print(name_in(question), flush=True)
            listening.sendto(answer(question, upstream), who)


main()
