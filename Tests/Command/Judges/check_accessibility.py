#!/usr/bin/env python3
"""Opens pages in a headless Chromium and checks them with axe-core: at the widths of a telephone and a screen, in light and
dark. Prints, as JSON, what is wrong: violations, and pages that are wider than the window.

usage: check_accessibility.py AXE_JS FILE...
"""

import json
import os
import pathlib
import sys

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service


def main():
    axe = open(sys.argv[1], encoding="utf-8").read()
    options = Options()
    for flag in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                 "--proxy-server=127.0.0.1:9"):
        options.add_argument(flag)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.binary_location = "/usr/bin/chromium"
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    wrong, seen = [], 0
    try:
        driver.set_script_timeout(120)
        for file in sys.argv[2:]:
            for width in (360, 1280):
                for scheme in ("light", "dark"):
                    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
                    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
                    driver.get(pathlib.Path(file).absolute().as_uri())
                    what = f"{pathlib.Path(file).name}, {width} px, {scheme}"
                    seen += 1
                    wide = driver.execute_script("return document.documentElement.scrollWidth")
                    if wide > width:
                        wrong.append(f"{what}: {wide} px wide")
                    driver.execute_script(axe)
                    found = driver.execute_async_script(
                        "var done = arguments[0]; axe.run(document).then(r => done(r), e => done({error: '' + e}))")
                    if "error" in found:
                        wrong.append(f"{what}: {found['error']}")
                        continue
                    if len(found["passes"]) < 10:
                        wrong.append(f"{what}: only {len(found['passes'])} rules looked at it")
                    for rule in found["violations"]:
                        nodes = "; ".join(node["html"][:120] for node in rule["nodes"][:3])
                        wrong.append(f"{what}: {rule['id']}: {rule['help']}: {nodes}")
    finally:
        driver.quit()
    print(json.dumps({"wrong": wrong, "seen": seen}))


main()
