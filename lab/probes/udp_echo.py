#!/usr/bin/python3
"""Answers each datagram with who sent it and what it held.

Use: udp_echo.py ADDRESS PORT
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], int(sys.argv[2])))
print("serving", flush=True)
while True:
    data, peer = server.recvfrom(65535)
    server.sendto(peer[0].encode() + b"|" + data, peer)
