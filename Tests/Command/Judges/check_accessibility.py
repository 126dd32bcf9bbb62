#!/usr/bin/env python3
"""Opens pages in a headless Chromium and checks them with axe-core: at the widths of a telephone and a screen, in light and
dark. Prints, as JSON, what is wrong: violations, and pages that are wider than the window.

usage: check_accessibility.py AXE_JS FILE...
"""

import json
import pathlib
import sys

import browser


def main():
    axe = open(sys.argv[1], encoding="utf-8").read()
    driver = browser.start()
    wrong, seen = [], 0
    try:
        for file in map(pathlib.Path, sys.argv[2:]):
            for width, scheme in browser.LOOKS:
                wrong += browser.faults(driver, axe, file.absolute().as_uri(), file.name, width, scheme)
                seen += 1
    finally:
        driver.quit()
    print(json.dumps({"wrong": wrong, "seen": seen}))


main()
