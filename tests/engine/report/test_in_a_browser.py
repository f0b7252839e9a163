"""The report in a real Chromium, opened from disk: switches, keys, small screens, contrast, and silence on the network."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from mingdan.engine.report import render
from tests.engine.report.sample_detectors import SAMPLE_DETECTORS
from tests.engine.report.samples import empty, orders_only, rich

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")

CONTRAST = """() => {
  const rgb = (colour) => { const n = colour.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] === undefined ? 1 : n[3]]; };
  const light = (c) => c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; })
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0) { return colour; }
    }
    return [255, 255, 255, 1];
  };
  const faults = [];
  let checked = 0;
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.getClientRects().length || element.closest(".unseen, script, style")) { continue; }
    const inside = element.closest("svg");
    const ink = rgb(inside ? getComputedStyle(element).fill : getComputedStyle(element).color);
    let ground = behind(inside ? inside.parentElement : element);
    if (inside) {
      const before = element.classList.contains("number") || element.classList.contains("name") || element.classList.contains("edge-number");
      const shape = before ? [...inside.querySelectorAll("rect, circle")].filter((one) => {
        const box = one.getBoundingClientRect(), mine = element.getBoundingClientRect();
        const x = mine.x + mine.width / 2, y = mine.y + mine.height / 2;
        return box.x <= x && x <= box.right && box.y <= y && y <= box.bottom;
      }).pop() : null;
      if (shape) { ground = rgb(getComputedStyle(shape).fill); }
    }
    checked += 1;
    if (ratio(ink, ground) < 4.5) { faults.push(`${element.tagName} ${element.getAttribute("class")} ${element.textContent.trim().slice(0, 30)} ${ratio(ink, ground).toFixed(2)}`); }
  }
  return { checked, faults };
}"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reports")
    urls = {}
    for name, result in (("rich", rich()), ("empty", empty()), ("orders", orders_only())):
        file = Path(folder) / f"{name}.html"
        file.write_text(render(result, with_names=False, detectors=SAMPLE_DETECTORS), encoding="utf-8")
        urls[name] = file.as_uri()
    return urls


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Open a page in a context of its own, so that nothing is remembered from another test; close it afterwards."""
    contexts: list[BrowserContext] = []

    def open_page(url: str, **options: Any) -> Page:
        contexts.append(browser.new_context(**{"locale": "en-GB", **options}))
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def language(page: Page) -> str:
    """Return the language that is really shown, by its heading."""
    heading = page.locator("#alerts-title").inner_text()
    return {"Alerts 4": "en", "预警 4": "zh"}[" ".join(heading.split())]


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


LIGHT, DARK = "rgb(251, 251, 252)", "rgb(16, 16, 19)"


def test_the_browsers_language_decides_until_the_reader_does(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"], locale="zh-CN")
    assert language(page) == "zh"
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    page.get_by_text("English", exact=True).click()
    assert language(page) == "en"
    page.reload()
    assert language(page) == "en"
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_theme_follows_the_system_until_the_reader_chooses(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"], color_scheme="dark")
    assert ground(page) == DARK
    page.get_by_text("Light", exact=True).click()
    assert ground(page) == LIGHT
    page.reload()
    assert ground(page) == LIGHT
    page.get_by_text("Dark", exact=True).click()
    page.emulate_media(color_scheme="light")
    assert ground(page) == DARK


def test_the_switches_work_without_scripts(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"], java_script_enabled=False, color_scheme="dark")
    assert page.locator("#alerts-title .l[lang=en]").is_visible()
    page.get_by_text("中文", exact=True).click()
    assert page.locator("#alerts-title .l[lang=zh]").is_visible()
    for name, expected in (("深色", DARK), ("浅色", LIGHT), ("自动", DARK)):
        page.get_by_text(name, exact=True).click()
        assert ground(page) == expected
    assert not page.locator("#alerts-title .l[lang=en]").is_visible()


@pytest.mark.parametrize(
    ("name", "locale"), [("rich", "en-GB"), ("rich", "zh-CN"), ("empty", "en-GB"), ("orders", "zh-CN")]
)
def test_nothing_runs_over_the_side_of_a_small_screen(
    opened: Opener, reports: dict[str, str], name: str, locale: str
) -> None:
    page = opened(reports[name], locale=locale)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for width in (390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_check_of_width_sees_what_is_too_wide(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["empty"], viewport={"width": 390, "height": 844})
    page.evaluate("document.querySelector('h1').style.width = '500px'")
    assert page.evaluate("document.documentElement.scrollWidth") > 390


@pytest.mark.parametrize("name", ["rich", "empty", "orders"])
def test_no_request_leaves_and_the_console_stays_silent(opened: Opener, reports: dict[str, str], name: str) -> None:
    page = opened("about:blank")
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(reports[name])
    page.get_by_text("中文", exact=True).click()
    page.keyboard.press("j")
    assert asked == [reports[name]]
    assert said == []


def test_the_policy_stops_what_a_hole_would_let_in(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"])
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://127.0.0.1:9/x.png\">')")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in one for one in said)


def test_every_part_is_reached_by_keyboard(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for pressed, title in (("j", "alert-1-title"), ("j", "alert-2-title"), ("k", "alert-1-title")):
        page.keyboard.press(pressed)
        assert page.evaluate("document.activeElement.id") == title
    rows = page.locator("#alert-1 details.rows").first
    rows.locator("summary").focus()
    page.keyboard.press("Enter")
    assert rows.get_attribute("open") is not None
    page.locator("#language-en").focus()
    page.keyboard.press("ArrowRight")
    assert language(page) == "zh"


def test_what_has_the_focus_is_seen(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"])
    for _ in range(12):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const one = document.activeElement;
                const marked = one.matches("input") ? one.nextElementSibling : one;
                return getComputedStyle(marked).outlineStyle !== "none"; }"""
        )
        assert seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_the_contrast_of_wcag_aa(opened: Opener, reports: dict[str, str], scheme: str) -> None:
    page = opened(reports["rich"], color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(CONTRAST)
        assert found["checked"] > 300
        assert found["faults"] == []


def test_the_check_of_contrast_sees_grey_on_grey(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"])
    page.evaluate("document.querySelector('h1').style.color = '#bbbbbb'")
    assert len(page.evaluate(CONTRAST)["faults"]) == 1


def test_print_is_light_in_the_chosen_language_and_keeps_blocks_whole(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"], color_scheme="dark", locale="zh-CN")
    page.get_by_text("深色", exact=True).click()
    page.emulate_media(media="print")
    assert ground(page) == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(24, 24, 27)"
    assert language(page) == "zh"
    torn = page.evaluate(
        """() => [...document.querySelectorAll(".panel, .story, .reasons > li, .alert-head")]
            .filter((one) => getComputedStyle(one).breakInside !== "avoid").length"""
    )
    assert torn == 0
    assert page.locator(".contents").is_hidden()
    assert page.locator(".switches").is_hidden()


def test_paper_holds_the_folded_lists(opened: Opener, reports: dict[str, str]) -> None:
    page = opened(reports["rich"])
    folded = page.locator("details[data-print]").first
    assert folded.get_attribute("open") is None
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert folded.get_attribute("open") is not None
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folded.get_attribute("open") is None
