"""Signing in with a passkey in a real Chromium with a virtual authenticator; looks and contrast of every page of ours."""

import shutil
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from mingdan.platform.people.models import Employee, User
from mingdan.web.demonstration import PASSWORD

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium"),
    pytest.mark.django_db(transaction=True),
]

FAINT = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  // Painted, because Chromium answers in the words of the style sheet (oklch, color-mix).
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
  const light = (c) => c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; })
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = (element) => {
    if (!element) { return [255, 255, 255]; }
    const parsed = rgb(getComputedStyle(element).backgroundColor);
    return parsed[3] === 1 ? parsed.slice(0, 3) : over(parsed, ground(element.parentElement));
  };
  const faults = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(".visually-hidden, .skip, option")) { continue; }
    const behind = ground(element), ink = rgb(getComputedStyle(element).color);
    const found = ratio(over(ink, behind), behind);
    if (found < 4.5) { faults.push(`${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 30)} ${found.toFixed(2)}`); }
  }
  return faults;
}"""

PAGES = ("/", "/people/", "/people/{ann}/", "/people/add/", "/people/import/", "/teams/", "/calendar/?year=2027",
         "/account/2fa/", "/account/sessions/", "/account/password/change/", "/no/such/page/")  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, and Django then refuses to work in it.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action='/account/login/'] button[type=submit]")
    page.wait_for_url(f"{address}/")


@pytest.mark.row("P0.1")
def test_a_passkey_is_added_and_signs_in_without_a_password(
    chromium: Browser, live_server: LiveServer, ann: User
) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    sign_in(page, live_server.url, "ann")

    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/webauthn/add/")
    page.fill("[name=name]", "laptop")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    assert Authenticator.objects.filter(user=ann, type="webauthn").count() == 1

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}/")
    assert ann.name in page.inner_text("main")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_fits_can_be_read_and_complains_of_nothing(
    theme: str, width: int, chromium: Browser, live_server: LiveServer, employees: dict[str, Employee]
) -> None:
    locale = "zh-CN" if theme == "light" else "en"
    context = chromium.new_context(
        locale=locale,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",  # colours on their way to others are nobody's
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/account/login/")
    faint = {"sign-in": page.evaluate(FAINT)}
    sign_in(page, live_server.url, "fay")
    for address in PAGES:
        page.goto(live_server.url + address.format(ann=employees["ann"].pk))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        faint[address] = page.evaluate(FAINT)
        assert page.get_attribute("html", "data-bs-theme") == theme
        assert page.get_attribute("html", "lang") == locale
    assert {address: faults for address, faults in faint.items() if faults} == {}
    assert [complaint for complaint in complaints if "404" not in complaint] == []
    context.close()


def test_a_chosen_language_and_theme_stay(chromium: Browser, live_server: LiveServer, ann: User) -> None:
    page = chromium.new_context(locale="zh-CN").new_page()
    sign_in(page, live_server.url, "ann")
    assert "您好" in page.inner_text("h1")
    page.click("button[name=language][value=en]")
    page.click("button[name=theme][value=dark]")
    assert "Good day" in page.inner_text("h1")
    page.reload()
    assert "Good day" in page.inner_text("h1")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    ann.refresh_from_db()
    assert (ann.language, ann.theme) == ("en", "dark")


def test_on_a_telephone_the_navigation_opens_and_the_person_signs_out(
    chromium: Browser, live_server: LiveServer, ann: User
) -> None:
    page = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, live_server.url, "ann")
    people = page.locator("#navigation a[href='/people/']")
    assert not people.is_visible()
    page.click(".navbar-toggler")
    people.wait_for(state="visible")
    people.click()
    page.wait_for_url("**/people/")
    page.click("[data-bs-toggle=dropdown]")
    page.click("form[action='/account/logout/'] button")
    page.wait_for_url("**/account/login/")
    page.go_back()
    assert ann.name not in page.inner_text("body")
