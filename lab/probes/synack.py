#!/usr/bin/python3
"""Send SYN/ACKs to an address of a neighbour and count the RSTs that come back.

An RST proves to whoever sits on the cable that the address (of the tunnel, say) lives there.
"""
import argparse
import socket
import struct

import frame

RST = 0x04


def segment(source: str, destination: str, source_port: int, destination_port: int) -> bytes:
    # SYN and ACK, no options.
    header = struct.pack("!HHIIBBHHH", source_port, destination_port, 1000, 2000, 5 << 4, 0x12, 64240, 0, 0)
    pseudo = socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack("!BBH", 0, 6, len(header))
    return header[:16] + struct.pack("!H", frame.checksum(pseudo + header)) + header[18:]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--interface", required=True, help="the neighbour's end of the cable")
    options.add_argument("--mac", required=True, help="who the frames are for")
    options.add_argument("--source", required=True, help="address that the segments claim to come from")
    options.add_argument("--target", required=True, help="address that is looked for")
    options.add_argument("--count", type=int, default=5)
    options.add_argument("--seconds", type=float, default=1.0, help="how long answers are waited for")
    asked = options.parse_args()
    target = socket.inet_aton(asked.target)

    def is_reset(data: bytes) -> bool:
        return (data[12:14] == struct.pack("!H", frame.IPV4) and data[23] == 6 and data[26:30] == target
                and bool(data[14 + (data[14] & 15) * 4 + 13] & RST))

    link = frame.open_link(asked.interface)
    head = frame.mac(asked.mac) + frame.own_mac(link) + struct.pack("!H", frame.IPV4)
    for number in range(asked.count):
        link.send(head + frame.ipv4(asked.source, asked.target, 6, segment(asked.source, asked.target, 443, 40000 + number)))
    frame.report(asked.count, frame.heard(link, is_reset, asked.seconds))


main()
