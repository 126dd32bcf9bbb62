"""A headless Chromium that reaches this machine alone, and what every page must be at the widths of a telephone and a screen,
in light and dark: not wider than the window, and without a violation that axe-core finds."""

import os

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]


def start(language="en"):
    options = Options()
    for flag in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                 f"--lang={language}", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=127.0.0.1"):
        options.add_argument(flag)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = "/usr/bin/chromium"
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_script_timeout(120)
    return driver


def faults(driver, axe, address, name, width, scheme):
    """Opens a page, and returns what is wrong with it.

    axe: the text of axe-core; name: of the page, in what is returned
    """
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    driver.get(address)
    what = f"{name}, {width} px, {scheme}"
    wrong = []
    wide = driver.execute_script("return document.documentElement.scrollWidth")
    if wide > width:
        wrong.append(f"{what}: {wide} px wide")
    driver.execute_script(axe)
    found = driver.execute_async_script(
        "var done = arguments[0]; axe.run(document).then(r => done(r), e => done({error: '' + e}))")
    if "error" in found:
        return wrong + [f"{what}: {found['error']}"]
    if len(found["passes"]) < 10:
        wrong.append(f"{what}: only {len(found['passes'])} rules looked at it")
    for rule in found["violations"]:
        nodes = "; ".join(node["html"][:120] for node in rule["nodes"][:3])
        wrong.append(f"{what}: {rule['id']}: {rule['help']}: {nodes}")
    return wrong
