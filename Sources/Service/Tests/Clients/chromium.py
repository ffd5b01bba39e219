"""Chromium, driven: what the scripts beside this one share."""
import os
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

options = webdriver.ChromeOptions()
options.binary_location = "/usr/bin/chromium"
for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,900", "--lang=en-US"]:
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
wait = WebDriverWait(driver, 60)
passed = 0


def check(what, truth):
    global passed
    if not truth:
        picture = os.path.join(tempfile.gettempdir(), "failed.png")
        driver.save_screenshot(picture)
        driver.quit()
        sys.exit(f"FAILED: {what} ({picture})")
    passed += 1


def find(selector):
    return driver.find_element(By.CSS_SELECTOR, selector)


def all_of(selector):
    return driver.find_elements(By.CSS_SELECTOR, selector)


def shown(selector, count=1):
    wait.until(lambda _: len([e for e in all_of(selector) if e.is_displayed()]) >= count)


def is_ready():
    wait.until(lambda _: find("body").get_attribute("data-ready") == "true")


def no_messages(expected=0):
    messages = [m for m in driver.get_log("browser") if m["level"] != "INFO"]
    check(f"console: {messages}", len(messages) == expected)


def end():
    driver.quit()
    print(f"{passed} checks passed")
