#!/usr/bin/env python3
"""Reads letters with Python's email package, which is not ours, and prints what it found as JSON.

usage: read_letters.py FOLDER

FOLDER is a Maildir (new/ and cur/ are read) or a folder of .eml files. The answer is one JSON array, one object a
message, in the order of the file names. A message that cannot be read ends the program with status 1 and its name.
"""

import email
import email.policy
import html.parser
import json
import pathlib
import re
import sys

BLOCKS = {
    "address", "article", "blockquote", "body", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
HIDDEN = {"head", "script", "style", "template", "title"}


class VisibleText(html.parser.HTMLParser):
    """What a reader of the HTML part sees, one line a block, and every link with its text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces, self.links, self.hidden, self.link = [], [], 0, None

    def handle_starttag(self, tag, attributes):
        if tag in HIDDEN:
            self.hidden += 1
        if tag in BLOCKS:
            self.pieces.append("\n")
        target = dict(attributes).get("href")
        if tag == "a" and target is not None:
            self.link = [target, ""]
            self.links.append(self.link)

    def handle_endtag(self, tag):
        if tag in HIDDEN and self.hidden:
            self.hidden -= 1
        if tag in BLOCKS:
            self.pieces.append("\n")
        if tag == "a":
            self.link = None

    def handle_data(self, data):
        if self.hidden:
            return
        self.pieces.append(re.sub(r"\s+", " ", data))
        if self.link is not None:
            self.link[1] += data

    def text(self):
        lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(self.pieces).split("\n"))
        return "\n".join(line for line in lines if line)


def header(message, name):
    value = message[name]
    return None if value is None else str(value)


def addresses(message, name):
    return [a.addr_spec for field in message.get_all(name, []) for a in field.addresses]


def defects(message):
    found = []
    for part in message.walk():
        found += [f"{part.get_content_type()}: {type(defect).__name__}: {defect}" for defect in part.defects]
        for name, value in part.items():
            found += [f"{name}: {type(defect).__name__}: {defect}" for defect in getattr(value, "defects", ())]
    return found


def content(message, kind):
    part = message.get_body(preferencelist=(kind,))
    return None if part is None else part.get_content()


def read(path):
    raw = path.read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    found = defects(message)
    page = content(message, "html")
    seen = VisibleText()
    if page is not None:
        seen.feed(page)
        seen.close()
    leaves = [part for part in message.walk() if not part.is_multipart()]
    # Decoding may find more than parsing did.
    found += [defect for defect in defects(message) if defect not in found]
    return {
        "file": path.name,
        "to": addresses(message, "To"),
        "copies": addresses(message, "Cc") + addresses(message, "Bcc"),
        "from": addresses(message, "From"),
        "sender_name": " ".join(a.display_name for field in message.get_all("From", []) for a in field.addresses),
        "reply_to": addresses(message, "Reply-To"),
        "subject": header(message, "Subject"),
        "date": message["Date"].datetime.isoformat() if message["Date"] and message["Date"].datetime else None,
        "message_id": header(message, "Message-ID"),
        "auto_submitted": header(message, "Auto-Submitted"),
        "return_path": header(message, "Return-Path"),
        "delivered_to": [str(value) for value in message.get_all("Delivered-To", [])],
        "received": len(message.get_all("Received", [])),
        "extension_headers": [name for name, _ in message.items() if name.upper().startswith("X-")],
        "type": message.get_content_type(),
        "parts": len(leaves),
        "part_types": [part.get_content_type() for part in leaves],
        "charsets": [part.get_content_charset("us-ascii") for part in leaves],
        "encodings": [str(part.get("Content-Transfer-Encoding", "7bit")) for part in leaves],
        "text": content(message, "plain"),
        "html": page,
        "visible_html": seen.text() if page is not None else None,
        "links": [{"target": target, "text": " ".join(text.split())} for target, text in seen.links],
        "longest_line": max((len(line.rstrip(b"\r")) for line in raw.split(b"\n")), default=0),
        "bytes": len(raw),
        "defects": found,
    }


def files(folder):
    if (folder / "new").is_dir():
        return sorted([*(folder / "new").iterdir(), *(folder / "cur").iterdir()], key=lambda path: path.name)
    return sorted(folder.rglob("*.eml"))


def main():
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1]).is_dir():
        sys.exit(__doc__.strip())
    letters = []
    for path in files(pathlib.Path(sys.argv[1])):
        try:
            letters.append(read(path))
        except Exception as error:
            sys.exit(f"{path}: {type(error).__name__}: {error}")
    json.dump(letters, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
