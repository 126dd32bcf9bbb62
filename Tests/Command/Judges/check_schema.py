#!/usr/bin/env python3
"""Checks documents against a JSON Schema (draft 2020-12), by Debian's python3-jsonschema, and that the schema is no net with
holes: the same documents with one thing damaged must be refused.

usage: check_schema.py SCHEMA FILE...      (a file of several lines that each are a document, for .jsonl)

Prints, as JSON, what is wrong; an empty list where nothing is, and how many damaged documents were tried.
"""

import copy
import json
import sys

import jsonschema


def places(value, path=()):
    """The path of everything in a document."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, path + (key,))


def parent(document, path):
    for key in path[:-1]:
        document = document[key]
    return document


def objects(schema):
    """All schemas of objects in a schema; those in conditions only add to them."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for key, value in schema.items():
            if key != "allOf":
                yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def damaged(document):
    """The document with one thing wrong, and what that is."""
    for path, value in places(document):
        where = "/".join(map(str, path)) or "the whole"
        if isinstance(value, dict):
            other = copy.deepcopy(document)
            target = other
            for key in path:
                target = target[key]
            target["something else"] = {}
            yield f"{where} with another key", other
        if path:
            for name, wrong in (("an object", {"a": {"b": []}}), ("a fraction below zero", -1.5), ("a list", [[[]]])):
                other = copy.deepcopy(document)
                parent(other, path)[path[-1]] = wrong
                yield f"{where} as {name}", other
            if isinstance(parent(document, path), dict):
                other = copy.deepcopy(document)
                del parent(other, path)[path[-1]]
                yield f"{where} left out", other


def main():
    root = json.load(open(sys.argv[1], encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(root)
    validator = jsonschema.Draft202012Validator(root)
    wrong, tried, accepted = [], 0, []
    for schema in objects(root):
        if schema.get("additionalProperties") in (None, True):
            wrong.append(f"a schema of objects takes any key: {json.dumps(schema)[:120]}")
        if "properties" in schema and set(schema.get("required", [])) - set(schema["properties"]):
            wrong.append("a required key is not described")
    for name in sys.argv[2:]:
        text = open(name, encoding="utf-8").read()
        documents = [json.loads(line) for line in text.splitlines()] if name.endswith(".jsonl") else [json.loads(text)]
        for document in documents:
            errors = sorted(validator.iter_errors(document), key=lambda error: error.json_path)
            wrong += [f"{name} {error.json_path}: {error.message[:300]}" for error in errors[:5]]
        # Long lists repeat themselves.
        shortened = [shorten(document) for document in documents[:3]]
        for document in shortened:
            for what, other in damaged(document):
                tried += 1
                if validator.is_valid(other):
                    accepted.append(what)
    print(json.dumps({"wrong": wrong, "tried": tried, "accepted": sorted(set(accepted))}))


def shorten(value):
    if isinstance(value, list):
        return [shorten(item) for item in value[:3]]
    if isinstance(value, dict):
        return {key: shorten(item) for key, item in value.items()}
    return value


main()
