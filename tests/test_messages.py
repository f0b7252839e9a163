"""Every text of the application has its Chinese."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "scripts" / "messages.py"), "check"], capture_output=True, text=True, check=False
    )


def test_every_text_has_its_chinese() -> None:
    done = check(ROOT)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_text_without_chinese_is_found_in_code_and_in_templates(tmp_path: Path) -> None:
    app = tmp_path / "src" / "mingdan" / "new"
    (app / "templates").mkdir(parents=True)
    (app / "apps.py").write_text("", encoding="utf-8")
    (app / "views.py").write_text("heading = _('Said in code')\n", encoding="utf-8")
    page = '{% translate "Said on a page" %}{% blocktranslate count n=n %}{{ n }} one{% plural %}{{ n }} many{% endblocktranslate %}'
    (app / "templates" / "page.html").write_text(page, encoding="utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "messages.py").write_bytes((ROOT / "scripts" / "messages.py").read_bytes())
    done = check(tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["new: %(n)s one", "new: Said in code", "new: Said on a page"]
