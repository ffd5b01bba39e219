"""The page in Chromium: usage: page.py BASE FOLDER IMAGE...

Uploads, verdicts, map, history, review, an error; by keyboard too; at two widths and in both colour schemes, without a message
on the console and without a violation that axe finds. Writes screenshots to FOLDER.
"""
import pathlib
import sys
import tempfile

from axe_selenium_python import Axe
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from chromium import all_of, check, driver, end, find, is_ready, no_messages, shown, wait

base, folder, *images = sys.argv[1:]
folder = pathlib.Path(folder)
images = [str(pathlib.Path(image).resolve()) for image in images]
folder.mkdir(parents=True, exist_ok=True)


def show(width, height, scheme):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def axe(name):
    checker = Axe(driver)
    checker.inject()
    violations = checker.run()["violations"]
    check(f"axe at {name}: " + "; ".join(f"{v['id']}: {v['nodes'][0]['html']}" for v in violations), not violations)


driver.get(base)
is_ready()
Select(find("#language")).select_by_value("en")

# By keyboard: every control can be reached, and Enter works.
order = []
for _ in range(7):
    # Not to the element: to a file input, keys are a path.
    webdriver.ActionChains(driver).send_keys(Keys.TAB).perform()
    order.append(driver.switch_to.active_element.get_attribute("id"))
check(f"the order of the keyboard: {order}", order[:6] == ["tab-check", "tab-history", "tab-review", "language", "files", "keep"])

# One file that is kept with a picture, then several, one of which is no image.
find("#keep").click()
find("#files").send_keys(images[0])
shown("#answers article")
check("a verdict in words", find("#answers h2").text in ["Photograph", "AI-generated", "Unsure"])
with tempfile.NamedTemporaryFile(suffix=".jpg") as bad:
    bad.write(b"no image")
    bad.flush()
    find("#files").send_keys("\n".join(images[1:] + [bad.name]))
    shown("#answers article", 1 + len(images))
check("one article for each file", len(all_of("#answers article")) == 1 + len(images))
check("the bad one says so", len(all_of("#answers article.problem")) == 1)
no_messages(expected=1)  # Chromium reports the 400.

# What the browser cannot show, the server makes a picture of.
find("#files").send_keys(str(pathlib.Path("Fixtures/images/heic_10bit_420.heic").resolve()))
shown("#answers article", 2 + len(images))
wait.until(lambda _: driver.execute_script("return document.querySelector('#answers article img').naturalWidth") > 0)

# The map.
find("#answers article:last-child .actions button").click()
shown("figcaption")
check("a map is a picture", driver.execute_script("return document.querySelector('figcaption').previousSibling.naturalWidth") > 0)

for width, height in [(1280, 900), (390, 844), (1920, 1080)]:
    for scheme in ["light", "dark"]:
        show(width, height, scheme)
        check(f"nothing is wider than {width}", driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"))
        axe(f"{width} {scheme}")
        driver.save_screenshot(str(folder / f"check-{width}-{scheme}.png"))
show(1280, 900, "light")

# History after a reload, by keyboard; a filter; another language.
driver.refresh()
is_ready()
find("#tab-history").send_keys(Keys.ENTER)
shown("#results article")
check("the history has the results", len(all_of("#results article")) >= len(images))
wait.until(lambda _: driver.execute_script("return [...document.querySelectorAll('#results img')].every(i => i.naturalWidth > 0)"))
axe("history")
driver.save_screenshot(str(folder / "history.png"))
Select(find("#language")).select_by_value("de")
check("the other language", find("#tab-history").text == "Verlauf")
Select(find("#filter-verdict")).select_by_value("real")
wait.until(lambda _: not all_of("#results h2.unsure"))
Select(find("#language")).select_by_value("en")

# A review, if something waits for one.
find("#tab-review").click()
find("#next-review").click()
shown("#review-item > *")
if all_of("#review-item article"):
    axe("review")
    driver.save_screenshot(str(folder / "review.png"))
    before = find("#review-item article").get_attribute("data-id")
    find("#review-item .actions button").click()
    wait.until(lambda _: not all_of(f"[data-id='{before}']"))

# Deletion.
find("#tab-history").click()
Select(find("#filter-verdict")).select_by_value("")
shown("#results article")
count = len(all_of("#results article"))
all_of("#results article .actions button")[-1].click()
wait.until(lambda _: len(all_of("#results article")) == count - 1)

# What the interface is, for people.
driver.get(f"{base}/docs")
is_ready()
check("every operation is there", len(all_of("section")) > 25)
axe("docs")
driver.save_screenshot(str(folder / "docs.png"))
no_messages()
end()
