"""Draws `docs/images/explorer.png`: the page of `beliefs explore`, of a small base, as a headless Chromium shows it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from beliefs import Agent
from beliefs.journal.journal import Journal

FILE = Path(__file__).resolve().parent.parent / "docs" / "images" / "explorer.png"
SIZE: ViewportSize = {"width": 1440, "height": 780}

ZOO = """
[fly @1 "field guide"] forall x. bird(x) -> flies(x)
[nest @2 "field guide"] forall x. flies(x) -> nests_high(x)
[robin @3 "keeper"] bird(robin)
[opus @3 "keeper"] bird(opus) & penguin(opus)
[pingu @3 "keeper"] bird(pingu) & penguin(pingu)
"""


def main() -> int:
    """Draw it; 1 where there is no browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("there is no Chromium here; the package is called chromium in Debian", file=sys.stderr)
        return 1
    # The same times at every run, so that the picture changes only with the page.
    agent = Agent(Journal.in_memory(clock=lambda: datetime(2026, 1, 5, 9, 30, tzinfo=UTC)))
    agent.load(ZOO)
    agent.expect("flies(robin)")
    agent.observe("flies(robin)", source="keeper")
    agent.observe("!flies(opus)", source="keeper")
    agent.observe("!flies(pingu)", source="keeper")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        path = Path(scratch) / "beliefs.html"
        path.write_text(agent.explore(), encoding="utf-8")
        # Chromium's own sandbox cannot be set up by root, nor in most containers.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light", timezone_id="UTC", locale="en-GB")
        page.goto(path.as_uri())
        page.click("#tab-changes")
        page.locator("#list .row", has_text="!flies(pingu)").click()
        page.mouse.move(0, 0)
        page.screenshot(path=FILE)
        browser.close()
    # It has few colours, and half the size with a palette of them.
    Image.open(FILE).quantize(256).save(FILE, optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
