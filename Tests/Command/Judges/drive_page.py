#!/usr/bin/env python3
"""Uses the status page as an operator does, in a headless Chromium, and prints, as JSON, what it saw and what is wrong.

usage: drive_page.py URL TOKEN AXE_JS CAMPAIGN CUSTOMER     (a customer with a letter)
"""

import base64
import json
import os
import sys
import urllib.request

import browser
import html5lib
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

url, token, axe_file, campaign, customer = sys.argv[1:6]
axe = open(axe_file, encoding="utf-8").read()
wrong, seen = [], {}


def enter(driver, text):
    driver.get(url)
    field = driver.find_element(By.ID, "token")
    field.send_keys(text)
    field.send_keys(Keys.ENTER)
    WebDriverWait(driver, 20).until(lambda d: "Campaign" in d.title or "Kampagnen" in d.title
                                    or d.find_elements(By.CSS_SELECTOR, "[role=alert]"))


def look(driver, path):
    """At both widths and in both schemes: nothing is wider than the window, and axe finds nothing."""
    for width, scheme in browser.LOOKS:
        wrong.extend(browser.faults(driver, axe, url + path, path, width, scheme))
        if os.environ.get("PICTURES"):
            name = path.strip("/").replace("/", "-").replace("?", "-") or "campaigns"
            shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
            with open(f"{os.environ['PICTURES']}/{name}-{width}-{scheme}.png", "wb") as file:
                file.write(base64.b64decode(shot["data"]))
    request = urllib.request.Request(url + path, headers={"Cookie": "; ".join(f"{c['name']}={c['value']}" for c in driver.get_cookies()), "Accept-Language": "de"})
    with urllib.request.urlopen(request) as answer:
        try:
            html5lib.HTMLParser(strict=True).parse(answer.read().decode())
        except html5lib.html5parser.ParseError as error:
            wrong.append(f"{path}: no valid HTML: {error}")


def text(driver, selector):
    """By one step in the page: what is alive is replaced at any time."""
    return driver.execute_script("return document.querySelector(arguments[0]).innerText", selector)


def accepted(driver):
    return driver.execute_script("return document.getElementById('progress').value")


def press(driver, selector):
    button = driver.find_element(By.CSS_SELECTOR, selector)
    # By keyboard, as everybody can.
    button.send_keys(Keys.ENTER)


driver = browser.start("de")
other = None
try:
    enter(driver, "0" * 64)
    seen["wrong token"] = text(driver, "[role=alert]")
    enter(driver, token)
    seen["campaigns"] = text(driver, "tbody")
    overview = f"/campaigns/{campaign}"

    # Alive: the figures change though nobody loads the page again.
    driver.get(url + overview)
    before = accepted(driver)
    WebDriverWait(driver, 30).until(lambda d: accepted(d) > before)
    seen["alive"] = [before, accepted(driver)]

    press(driver, f"form[action='{overview}/pause'] button")
    WebDriverWait(driver, 30).until(lambda d: d.find_elements(By.CSS_SELECTOR, "[role=status], [role=alert]"))
    for _ in range(20):
        if "unterwegs" not in text(driver, "[role=status], [role=alert]"):
            break
        driver.refresh()
    seen["pause"] = text(driver, "main")

    for path in ("/", overview, f"{overview}/customers", f"{overview}/customer?id={customer}", f"{overview}/calls",
                 f"{overview}/uncertain", f"{overview}/release"):
        look(driver, path)

    driver.get(f"{url}{overview}/customers")
    field = driver.find_element(By.ID, "q")
    field.send_keys(customer)
    field.send_keys(Keys.ENTER)
    WebDriverWait(driver, 20).until(lambda d: f"q={customer}" in d.current_url)
    seen["found"] = text(driver, "tbody")
    press(driver, "tbody a")
    WebDriverWait(driver, 20).until(lambda d: "customer?id=" in d.current_url)
    seen["customer"] = text(driver, "main")

    # Two callers: what one has taken, the other does not get.
    driver.get(f"{url}{overview}/calls")
    seen["calls"] = len(driver.find_elements(By.CSS_SELECTOR, "section.call"))
    driver.find_element(By.ID, "by").send_keys("Karla Test")
    press(driver, "button[value=name]")
    WebDriverWait(driver, 20).until(lambda d: d.find_elements(By.CSS_SELECTOR, "button[value=take]"))
    press(driver, "button[value=take]")
    WebDriverWait(driver, 20).until(lambda d: d.find_elements(By.CSS_SELECTOR, "section.call select"))
    other = browser.start("de")
    enter(other, token)
    other.get(f"{url}{overview}/calls")
    seen["taken"] = text(other, "section.call")
    seen["script"] = text(driver, "section.call pre")
    Select(driver.find_element(By.CSS_SELECTOR, "section.call select")).select_by_value("reached")
    driver.find_element(By.CSS_SELECTOR, "section.call input[name=note]").send_keys("ruft an")
    press(driver, "section.call button[value=done]")
    WebDriverWait(driver, 30).until(lambda d: d.find_elements(By.CSS_SELECTOR, "[role=status], [role=alert]"))
    seen["recorded"] = text(driver, "main")
    seen["calls left"] = len(driver.find_elements(By.CSS_SELECTOR, "section.call"))

    driver.get(url + overview)
    press(driver, f"form[action='{overview}/resume'] button")
    WebDriverWait(driver, 30).until(lambda d: d.find_elements(By.CSS_SELECTOR, "[role=status], [role=alert]"))
    seen["resume"] = text(driver, "main")

    driver.get(url + overview)
    press(driver, "form[action='/language'] button")
    WebDriverWait(driver, 20).until(lambda d: d.execute_script("return document.documentElement.lang") == "en")
    seen["english"] = text(driver, "main")
    for one in (driver, other):
        wrong += [entry["message"] for entry in one.get_log("browser")
                  if entry["level"] == "SEVERE" and "401" not in entry["message"]]
finally:
    driver.quit()
    if other:
        other.quit()
print(json.dumps({"wrong": wrong, "seen": seen}))
