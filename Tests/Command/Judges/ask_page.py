#!/usr/bin/env python3
"""Sends requests as they are written, also such as no browser sends, and prints the answers as JSON.

usage: ask_page.py PORT < REQUESTS      [{"method", "path", "headers": {…}, "body"}]; "drip": true sends a byte of the body each second
"""

import http.client
import json
import sys
import time


def ask(port, request):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": f"127.0.0.1:{port}", **request.get("headers", {})}
    body = request.get("body", "").encode()
    try:
        connection.putrequest(request["method"], request["path"], skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value.replace("PORT", str(port)))
        if request["method"] == "POST":
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        begun = time.monotonic()
        if request.get("drip"):
            connection.sock.settimeout(1)
            for byte in body:
                connection.send(bytes([byte]))
                try:
                    rest = connection.sock.recv(100)
                    return {"status": 0, "headers": [], "body": rest.decode(), "seconds": time.monotonic() - begun}
                except TimeoutError:
                    pass
            return {"status": 1, "headers": [], "body": "still open", "seconds": time.monotonic() - begun}
        connection.send(body)
        answer = connection.getresponse()
        return {"status": answer.status, "headers": [[name.lower(), value] for name, value in answer.getheaders()],
                "body": answer.read().decode(), "seconds": time.monotonic() - begun}
    except (http.client.HTTPException, OSError) as error:
        return {"status": -1, "headers": [], "body": str(error), "seconds": 0}
    finally:
        connection.close()


print(json.dumps([ask(int(sys.argv[1]), request) for request in json.load(sys.stdin)]))
