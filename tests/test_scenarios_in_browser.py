"""The sliders of the notebook on weight scenarios, moved by keyboard in a real JupyterLab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

import parkscore as ps
from tests.lab_in_browser import (
    addresses_asked_for,
    headless_chromium,
    jupyter_lab,
    may_install,
    programs_or_skip,
    wait_until,
)

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "03-weight-scenarios.ipynb"
DATA = ROOT / "examples" / "zones-synthetic.csv"
BASE = "zone-2021-equal-within"
NAME = "重创新 A-1"

Rows = list[list[str]]


class NotebookPage:
    """The notebook as JupyterLab shows it: what a person sees of it and can do to it."""

    def __init__(self, browser: WebDriver, address: str) -> None:
        self.browser = browser
        browser.get(address)

    def run_all_cells(self) -> None:
        wait_until(self._kernel_is_ready, "the kernel is ready")
        self._click(".lm-MenuBar-item", "Run")
        self._click('li[data-command="runmenu:run-all"]', "Run All Cells")
        wait_until(lambda: all(self._has_run(cell) for cell in self._cells()), "all cells have run")

    def run_again(self, word: str) -> Rows:
        """Run the one code cell with this word again, and give the first two columns of the table that it shows."""
        cell = next(cell for cell in self._cells() if word in cell.find_element(By.CLASS_NAME, "cm-content").text)
        prompt = cell.find_element(By.CLASS_NAME, "jp-InputPrompt")
        before = prompt.text
        prompt.click()
        ActionChains(self.browser).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
        wait_until(lambda: prompt.text != before and self._has_run(cell), f"the cell of {word} has run again")
        return [row[:2] for row in wait_until(lambda: self._rows(cell), "its table is there")]

    def press(self, dimension: str, *keys: str) -> None:
        """Press keys on the slider of a first-level dimension."""
        self._row(dimension).find_element(By.CSS_SELECTOR, "[role=slider]").send_keys(*keys)

    def reading(self, dimension: str) -> str:
        """What stands beside a slider: its number, and the share that it comes to."""
        row = self._row(dimension)
        share = row.find_elements(By.CLASS_NAME, "widget-label")[-1]
        return f"{row.find_element(By.CLASS_NAME, 'widget-readout').text} {share.text}"

    def best(self) -> Rows:
        """The table below the sliders: unit, rank, score, rank under the base, places gained."""
        return self._rows(self.browser.find_element(By.CSS_SELECTOR, ".widget-html-content:has(table)"))

    def save_as(self, name: str) -> str:
        """Type a name, click to save, and give the message that comes."""
        self.browser.find_element(By.CSS_SELECTOR, ".widget-text input").send_keys(name)
        self.click("保存 save")
        return wait_until(
            lambda: self.browser.find_elements(By.CLASS_NAME, "widget-html-content")[-1].text, "an answer"
        )

    def click(self, button: str) -> None:
        self._click("button.jupyter-button", button)

    def _kernel_is_ready(self) -> bool:
        kernel = self.browser.find_element(By.CSS_SELECTOR, ".jp-NotebookPanel .jp-KernelName").text
        return "Python 3" in kernel and "Idle" in self.browser.find_element(By.ID, "jp-main-statusbar").text

    def _cells(self) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-CodeCell")

    def _has_run(self, cell: WebElement) -> bool:
        """Whether a cell has its number; AssertionError where it wrote an error or a warning."""
        kinds = ", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("error", "stderr"))
        assert [each.text for each in cell.find_elements(By.CSS_SELECTOR, kinds)] == []
        return cell.find_element(By.CLASS_NAME, "jp-InputPrompt").text.strip("[]:").isdigit()

    def _click(self, selector: str, text: str) -> None:
        def click() -> bool:
            found = [each for each in self.browser.find_elements(By.CSS_SELECTOR, selector) if each.text == text]
            for each in found[:1]:
                each.click()
            return bool(found)

        wait_until(click, f"{text} can be clicked")

    def _row(self, dimension: str) -> WebElement:
        rows = self.browser.find_elements(By.CSS_SELECTOR, ".widget-hbox:has(> .widget-hslider)")
        return next(row for row in rows if row.text.startswith(f"{dimension} "))

    def _rows(self, shown: WebElement) -> Rows:
        """The texts of the cells of a table, without its head."""
        read = "return [...arguments[0].tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText))"
        rows: Rows = self.browser.execute_script(read, shown.find_element(By.TAG_NAME, "table"))
        return rows


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotebookPage]:
    """A copy of the notebook, open in JupyterLab; what the page looked like in the end is left beside its folder."""
    programs = programs_or_skip()
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    folder, home = tmp_path / "folder", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    copy = shutil.copy(NOTEBOOK, folder)
    with jupyter_lab(Path(copy), home) as address, headless_chromium(programs, home) as browser:
        shown = NotebookPage(browser, address)
        try:
            yield shown
        finally:
            browser.save_screenshot(str(tmp_path / "page.png"))


@pytest.mark.browser
def test_a_scenario_made_with_the_sliders_is_saved_and_scores_the_same_from_the_command_line(
    page: NotebookPage, tmp_path: Path
) -> None:
    page.run_all_cells()
    at_base = expected_best({"1": 20, "2": 20, "3": 15, "4": 15, "5": 30})
    wait_until(lambda: page.best() == at_base, "the table is that of the base")

    page.press("1", *[Keys.ARROW_RIGHT] * 3)
    page.press("5", Keys.END)
    moved = expected_best({"1": 23, "2": 20, "3": 15, "4": 15, "5": 100})
    wait_until(lambda: page.best() == moved, "the table is that of the weights moved")
    assert page.reading("1") == "23 % → 13.3%"
    assert page.reading("5") == "100 % → 57.8%"

    file = tmp_path / "folder" / f"{NAME}.yaml"
    assert str(file) in page.save_as(NAME)
    scored = command_line_ranking(file, tmp_path / "ranking.csv")
    assert [[unit, rank] for unit, rank, *_ in page.best()] == scored
    assert page.run_again("from_file") == scored

    page.click("恢复基准 reset")
    wait_until(lambda: page.best() == at_base, "the table is that of the base again")
    assert addresses_asked_for(page.browser) == {"127.0.0.1"}


def expected_best(first_level: dict[str, float]) -> Rows:
    """The first ten as `evaluate` ranks them under these weights of the first level, written as on the page."""
    weights = ps.reweigh("zone-2021", BASE, first_level)
    base, moved = (
        ps.evaluate("zone-2021", DATA, weights=each, year=2024).ranking.set_index("unit") for each in (BASE, weights)
    )
    best = moved.head(10).assign(base=base["rank"])
    return [
        [unit, str(row.rank), f"{row.score:.2f}", str(row.base), f"{row.base - row.rank:+d}".replace("+0", "0")]
        for unit, row in zip(best.index, best.itertuples(), strict=True)
    ]


def command_line_ranking(weights: Path, output: Path) -> Rows:
    """The first ten units with their ranks, as `parkscore score --weights FILE` writes them."""
    options = ["zone-2021", str(DATA), "--weights", str(weights), "--year", "2024", "-o", str(output)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-m", "parkscore", "score", *options], check=True, env=environment)
    ranking = pd.read_csv(output).head(10)
    return [[unit, str(rank)] for unit, rank in zip(ranking["unit"], ranking["rank"], strict=True)]


@pytest.mark.parametrize(
    ("environment", "installs"),
    [({}, False), ({"CI": "true"}, True), ({"CI": "false"}, False), ({"PARKSCORE_BROWSER": "install"}, True)],
    ids=["at a desk", "in CI", "not in CI", "where asked for"],
)
def test_a_browser_is_installed_only_as_root_and_where_that_is_wanted(
    environment: dict[str, str], installs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    assert may_install(environment) is installs
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    assert may_install(environment) is False
