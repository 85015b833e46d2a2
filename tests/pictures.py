"""Takes the README's pictures: `make pictures`. The invented trust, on a fixed day, in a real browser."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
TODAY = "2026-11-18T10:00"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
PROGRAM = [sys.executable, "-m", "rp_connect"]


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        trust = Path(folder) / "trust"
        subprocess.run([*PROGRAM, "--now", TODAY, "demo", "--dir", str(trust), "--no-serve"], check=True)
        port = _free_port()
        config = str(trust / "rp-connect.toml")
        serve = [*PROGRAM, "--config", config, "--now", TODAY, "serve", "--port", str(port)]
        with subprocess.Popen(serve) as server:
            try:
                _wait_for(port)
                _take(f"http://127.0.0.1:{port}")
            finally:
                server.terminate()


def _take(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(device_scale_factor=1)
        page.goto(address)
        case = page.locator("a[href^='/cases/RP-']").first.get_attribute("href") or "/cases"
        for name, path in (("board", "/"), ("case", case)):
            _shoot(page, address + path, name)
        browser.close()


def _shoot(page: Page, address: str, name: str) -> None:
    for width, size in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(address)
        page.screenshot(path=PICTURES / f"{name}-{width}.png")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The pages did not come up.")


if __name__ == "__main__":
    main()
