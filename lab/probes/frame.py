"""Raw Ethernet frames, built by hand: what a neighbour on the cable could send."""
import json
import socket
import struct
import time

ETH_P_ALL = 3
IPV4 = 0x0800
ARP = 0x0806


def open_link(interface: str) -> socket.socket:
    """A socket that hears everything on the interface from now on."""
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    link.bind((interface, ETH_P_ALL))
    return link


def own_mac(link: socket.socket) -> bytes:
    return link.getsockname()[4]


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source: str, destination: str, protocol: int, payload: bytes) -> bytes:
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
        socket.inet_aton(source), socket.inet_aton(destination))
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def heard(link: socket.socket, wanted, seconds: float) -> int:
    """How many incoming frames were wanted until the time was over."""
    count = 0
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        link.settimeout(left)
        try:
            frame, address = link.recvfrom(65535)
        except TimeoutError:
            break
        if address[2] != socket.PACKET_OUTGOING and wanted(frame):
            count += 1
    return count


def report(sent: int, answers: int) -> None:
    print(json.dumps({"sent": sent, "answers": answers}))
