#!/usr/bin/env python3
"""Holds connections to the status page open until its standard input ends.

usage: hold_page.py PORT COOKIE PATH stream|stalled

stream: reads the first event of PATH, says "open" and goes on reading. stalled: asks for PATH again and again and reads
nothing; says "open" once the page takes no more requests.
"""

import socket
import sys
import threading

port, cookie, path, kind = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()

connection = socket.socket()
if kind == "stalled":
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
connection.connect(("127.0.0.1", port))
if kind == "stream":
    connection.sendall(request)
    heard = b""
    while b"event: figures" not in heard:
        piece = connection.recv(65536)
        if not piece:
            sys.exit("the page has closed the connection: " + heard.decode())
        heard += piece

    def read():
        while connection.recv(65536):
            pass

    threading.Thread(target=read, daemon=True).start()
else:
    connection.settimeout(1)
    try:
        for _ in range(200_000):
            connection.sendall(request)
        sys.exit("the page takes every request")
    except TimeoutError:
        pass
print("open", flush=True)
sys.stdin.read()
