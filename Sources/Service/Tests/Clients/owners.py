"""Two owners at one browser: usage: owners.py BASE KEY KEY_OF_ANOTHER IMAGE, with a server that asks for keys.

What one has checked, the other sees neither in the history nor by its address, and nothing of it stays on the page.
"""
import json
import pathlib
import sys

from chromium import all_of, check, driver, end, find, is_ready, no_messages, shown, wait

base, first, second, image = sys.argv[1:]


def sign_in(key):
    shown("#key-form")
    find("#key").send_keys(key + "\n")
    wait.until(lambda _: not find("#key-form").is_displayed())


def history():
    find("#tab-history").click()
    shown("#results > *")
    return [article.get_attribute("data-id") for article in all_of("#results article")]


def ask(path, key):
    """What a script on the page gets: a status and text."""
    return driver.execute_async_script(
        "fetch(arguments[0], { headers: arguments[1] ? { Authorization: `Bearer ${arguments[1]}` } : {} })"
        ".then(async (r) => arguments[2]([r.status, await r.text()]))", path, key)


driver.get(base)
is_ready()
find("#key").send_keys("agk_wrong\n")
shown("#message")
check("a wrong key is none", find("#key-form").is_displayed())
sign_in(first)
find("#files").send_keys(str(pathlib.Path(image).resolve()))
shown("#answers article")
own = history()
check("one's own history", len(own) == 1)
driver.refresh()
is_ready()
check("a reload keeps the key", not find("#key-form").is_displayed() and history() == own)
find("#sign-out").click()
shown("#key-form")
check("nothing stays", not all_of("#answers > *") and not all_of("#results > *") and driver.execute_script("return sessionStorage.length") == 0)
sign_in(second)
check("another's history is empty", history() == [])
for path in [f"/v1/results/{own[0]}", f"/v1/results/{own[0]}/thumbnail"]:
    check("another's result is none", ask(path, second)[0] == 404)
check("nor in a list", json.loads(ask("/v1/results?limit=200", second)[1])["results"] == [])
check("nothing without a key", ask(f"/v1/results/{own[0]}", None)[0] == 401)
no_messages(expected=4)  # Chromium reports the wrong key, two times 404 and the last 401.
end()
