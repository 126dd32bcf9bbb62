#!/usr/bin/env python3
"""Reads a report of eilbrief as a strict parser of HTML does (html5lib, WHATWG's algorithm) and prints, as JSON, what is wrong
with it: markup, structure for screen readers, anything that would load, run or lead elsewhere. And its text.

usage: read_report.py FILE
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
import html5lib

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
INERT = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "input", "button", "video", "audio", "foreignObject"}
TARGETS = {"src", "srcset", "action", "data", "poster", "background", "xlink:href", "formaction"}


def name(element):
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def main():
    source = open(sys.argv[1], encoding="utf-8").read()
    parser = html5lib.HTMLParser(strict=False)
    root = parser.parse(source)
    wrong = [f"{place}: {code} {values}" for place, code, values in parser.errors]
    everything = [element for element in root.iter() if name(element)]
    ids = [element.get("id") for element in everything if element.get("id")]
    wrong += [f"id {value} twice" for value in set(ids) if ids.count(value) > 1]
    for element in everything:
        tag = name(element)
        if tag in INERT:
            wrong.append(f"<{tag}>")
        for key, value in element.attrib.items():
            if key.lower().startswith("on") or key in TARGETS:
                wrong.append(f"<{tag} {key}>")
            if key == "href" and not (value.startswith("#") and value[1:] in ids):
                wrong.append(f"leads to {value}")
            if key in ("aria-labelledby", "aria-describedby"):
                wrong += [f"{key} {part} is nowhere" for part in value.split() if part not in ids]
        if tag == "table":
            children = [name(child) for child in element]
            if children[0] != "caption" or not "".join(element[0].itertext()).strip():
                wrong.append("a table without caption")
            widths = {len(row) for row in element.iter() if name(row) == "tr"}
            if len(widths) != 1:
                wrong.append(f"a table with rows of {widths} cells")
        if tag == "th" and element.get("scope") not in ("col", "row"):
            wrong.append("a th without scope")
        if tag == "svg":
            inner = [name(child) for child in element]
            if inner[:2] != ["title", "desc"] or element.get("role") != "img":
                wrong.append("a picture without title and description")
        if tag == "time" and not element.get("datetime"):
            wrong.append("a time without the exact one")
        if tag == "time" and "UTC" not in "".join(element.itertext()):
            wrong.append("a time without its zone")
        if tag == "style" and ("url(" in (element.text or "") or "@import" in (element.text or "")):
            wrong.append("style that loads")
    policies = [element.get("content") for element in everything if element.get("http-equiv") == "Content-Security-Policy"]
    if policies != [POLICY]:
        wrong.append(f"policy {policies}")
    html = next(element for element in everything if name(element) == "html")
    if html.get("lang") not in ("de", "en"):
        wrong.append("no language")
    for landmark in ("header", "main", "footer"):
        if sum(name(element) == landmark for element in everything) != 1:
            wrong.append(f"not one {landmark}")
    headings = [int(name(element)[1]) for element in everything if name(element) in ("h1", "h2", "h3", "h4")]
    if headings[:1] != [1] or headings.count(1) != 1 or any(b > a + 1 for a, b in zip(headings, headings[1:])):
        wrong.append(f"headings {headings}")
    text = " ".join(piece for element in everything if name(element) not in ("style",) for piece in
                    ([element.text or ""] + [child.tail or "" for child in element]))
    print(json.dumps({"wrong": wrong, "text": text, "language": html.get("lang"), "headings": len(headings)}))


main()
