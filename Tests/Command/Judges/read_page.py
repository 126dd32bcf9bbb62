#!/usr/bin/env python3
"""Reads a page of `eilbrief preview` with Python's html.parser, and prints what it found as JSON.

usage: read_page.py FILE
"""

import html.parser
import json
import sys


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = {"policy": None, "frames": [], "texts": [], "raw": [], "tags": {}, "targets": [], "handlers": []}
        self.open = None

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.found["tags"][tag] = self.found["tags"].get(tag, 0) + 1
        if values.get("http-equiv") == "Content-Security-Policy":
            self.found["policy"] = values["content"]
        if tag == "iframe":
            self.found["frames"].append({"sandbox": values.get("sandbox"), "has_sandbox": "sandbox" in values,
                                         "srcdoc": values.get("srcdoc")})
        self.found["targets"] += [values[name] for name in ("href", "src", "action", "data") if name in values]
        self.found["handlers"] += [name for name in values if name.startswith("on")]
        if tag == "pre":
            self.open = "texts" if values.get("class") == "text" else "raw"
            self.found[self.open].append("")

    def handle_endtag(self, tag):
        if tag == "pre":
            self.open = None

    def handle_data(self, data):
        if self.open:
            self.found[self.open][-1] += data


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
json.dump(page.found, sys.stdout)
