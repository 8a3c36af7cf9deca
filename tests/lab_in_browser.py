"""Serve a notebook with a JupyterLab of its own and drive it in a headless Chromium."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import psutil
import pytest
from selenium.common.exceptions import (
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds; a slow machine is no mistake
INSTALLING = 300  # seconds for apt-get
PACKAGES = ("chromium", "chromium-driver")

Result = TypeVar("Result")


class Programs(NamedTuple):
    """Where the browser and the program that drives it stand."""

    chromium: str
    driver: str


# --- the browser's programs ----------------------------------------------------------------------------------------


def programs_or_skip() -> Programs:
    """The programs; those that are not there are installed where `may_install` allows it, else the test is skipped."""
    found = find_programs()
    failure = ""
    if found is None and may_install(os.environ):
        failure = install()
        found = find_programs()
    if found is None:
        pytest.skip(
            f"there is no {' and '.join(PACKAGES)} here{failure}; to run this test on Debian: apt-get install "
            f"{' '.join(PACKAGES)}, or set PARKSCORE_BROWSER=install as root"
        )
    return found


def find_programs() -> Programs | None:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    return None if chromium is None or driver is None else Programs(chromium, driver)


def may_install(environment: Mapping[str, str]) -> bool:
    """Whether Debian's packages may be installed: as root, in CI or where it was asked for."""
    asked = environment.get("CI") == "true" or environment.get("PARKSCORE_BROWSER") == "install"
    return asked and getattr(os, "geteuid", lambda: -1)() == 0 and shutil.which("apt-get") is not None


def install() -> str:
    """Install the packages; gives what went wrong, or nothing."""
    waiting = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        try:
            subprocess.run([*waiting, *command], check=True, capture_output=True, timeout=INSTALLING, env=quiet)
        except subprocess.TimeoutExpired:
            return f" (apt-get {command[0]} took longer than {INSTALLING} s)"
        except subprocess.CalledProcessError as error:
            return f" (apt-get {command[0]} failed: {error.stderr.decode(errors='replace')[-300:].strip()})"
    return ""


# --- the server ----------------------------------------------------------------------------------------------------


@contextmanager
def jupyter_lab(notebook: Path, home: Path) -> Iterator[str]:
    """Serve a notebook with JupyterLab on a free port of this machine; gives its address, token and all.

    home: an empty folder that stands for the user's, so that nothing of the user's is read or written. The server
    fetches no news and looks for no updates. It and its kernels are ended afterwards.
    """
    token = secrets.token_hex(16)
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        f"--ServerApp.root_dir={notebook.parent}",
        f"--IdentityProvider.token={token}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    log = home / "server.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(
            command,
            cwd=notebook.parent,
            env=_environment(home),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with server, _ended_whole(server.pid, server.terminate):
        file = home / "runtime" / f"jpserver-{server.pid}.json"
        wait_until(lambda: file.exists() or server.poll() is not None, "JupyterLab has started")
        assert server.poll() is None, log.read_text(encoding="utf-8")
        port = json.loads(file.read_text(encoding="utf-8"))["port"]
        yield f"http://127.0.0.1:{port}/lab/tree/{notebook.name}?token={token}"


def _environment(home: Path) -> dict[str, str]:
    """What the server is told of the world: this checkout, and a home without settings but two."""
    settings = {
        # No question about news, which asks the server to fetch them.
        "config/labconfig/page_config.json": {
            "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
        },
        # Cells below the window are in the page as well.
        "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    }
    for name, content in settings.items():
        file = home / name
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    own = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "PYTHONPATH": ROOT / "src",
    }
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith("JUPYTER")}
    return others | {name: str(path) for name, path in own.items()}


# --- the browser ---------------------------------------------------------------------------------------------------


@contextmanager
def headless_chromium(programs: Programs, home: Path) -> Iterator[WebDriver]:
    """A browser without a window and without a past, which finds no address but this machine's; ended afterwards."""
    options = ChromeOptions()
    options.binary_location = programs.chromium
    for option in (
        "--headless=new",
        "--no-sandbox",  # root has none
        "--disable-gpu",
        "--disable-dev-shm-usage",  # containers have little of it
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={home / 'chromium'}",
        "--window-size=1400,2000",
    ):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    service = Service(programs.driver)
    browser = Chrome(options=options, service=service)
    with _ended_whole(service.process.pid, browser.quit):
        yield browser


def addresses_asked_for(browser: WebDriver) -> set[str]:
    """The host of every http and websocket address that was asked for since this was last called."""
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    addresses = (
        message["params"]["request"]["url"] if "request" in message["params"] else message["params"]["url"]
        for message in messages
        if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")
    )
    parts = (urlsplit(address) for address in addresses)
    return {part.hostname or "" for part in parts if part.scheme in ("http", "https", "ws", "wss")}


# --- what both need ------------------------------------------------------------------------------------------------


@contextmanager
def _ended_whole(pid: int, end: Callable[[], object]) -> Iterator[None]:
    """End a process and all that it started when the block is left, however it is left; what stays on is killed."""
    try:
        yield
    finally:
        started = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)] if psutil.pid_exists(pid) else []
        end()
        for process in psutil.wait_procs(started, timeout=30)[1]:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def wait_until(holds: Callable[[], Result], what: str) -> Result:
    """Wait until something holds, and give it; TimeoutError where it does not in `PATIENCE`.

    A page that is being rebuilt under the look at it is looked at again.
    """
    end = time.monotonic() + PATIENCE
    while True:
        with suppress(NoSuchElementException, StaleElementReferenceException, ElementNotInteractableException):
            if found := holds():
                return found
        if time.monotonic() > end:
            raise TimeoutError(f"waited {PATIENCE} s until {what}")
        time.sleep(0.1)
