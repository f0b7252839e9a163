"""`mingdan demo`: the application with an invented company, or a scan of one."""

import os
import shutil
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from mingdan.cli.console import out, progress_shown, workspace_for
from mingdan.cli.scanning import print_summary, write_result
from mingdan.cli.serving import run_server, start_django
from mingdan.cli.worlds import DEMO_SEED, DEMO_SHARE, has_screen
from mingdan.engine.scan import ScanOptions
from mingdan.engine.scan import scan as scan_trail
from mingdan.engine.simulate import simulate as simulate_company


def demo(
    folder: Annotated[Path, typer.Option("--out", help="Where to put the company.")] = Path("mingdan-demo"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the application.")] = 8000,
    scan: Annotated[
        bool, typer.Option("--scan", help="Scan an invented company instead, and show the report.")
    ] = False,
    seed: Annotated[int, typer.Option(help="With --scan: another seed, another company.")] = DEMO_SEED,
    open_report: Annotated[
        bool, typer.Option("--open/--no-open", help="With --scan: open the report where there is a screen.")
    ] = True,
) -> None:
    """Start the application with an invented company on http://localhost:8000; stop it with Ctrl-C."""
    if scan:
        show_scan(folder, seed=seed, open_report=open_report)
    else:
        show_application(folder / "application", port=port)


def show_application(data: Path, *, port: int) -> None:
    """Make or open the invented company, say how to sign in, and serve it."""
    data.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "MINGDAN_MODE": "demo",
        "MINGDAN_DATA": str(data),
        "MINGDAN_ADDRESS": f"http://localhost:{port}",
        "MINGDAN_SECRET_KEY": _kept_key(data / "secret-key"),
    }
    start_django()
    from django.core.management import call_command
    from django.utils import timezone

    from mingdan.pillars.policy.demonstration import adopt_policies
    from mingdan.web.demonstration import PASSWORD, PEOPLE, found_company

    call_command("migrate", verbosity=0)
    found_company(timezone.now())
    adopt_policies(timezone.now())
    table = Table("sign-in name", "role", box=None, padding=(0, 3, 0, 0))
    for person in PEOPLE:
        table.add_row(person.username, f"{person.role.value.replace('_', ' ')}  {person.position}")
    out.print(f"Mingdan 明单 runs on http://localhost:{port}; stop it with Ctrl-C.\n", soft_wrap=True)
    out.print(
        f"Sign in as one of these; the password is {PASSWORD} for all. 用以下任一账号登录，密码均为 {PASSWORD}\uff1a\n",
        soft_wrap=True,
    )
    out.print(table)
    run_server("127.0.0.1", port)


def _kept_key(file: Path) -> str:
    """Return the demo's secret, made once, so that a restart signs nobody out."""
    if not file.exists():
        import secrets

        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
        file.chmod(0o600)
    return file.read_text(encoding="ascii")


def show_scan(folder: Path, *, seed: int, open_report: bool) -> None:
    """Invent a company, scan it and show the report."""
    trail, result_folder = folder / "trail", folder / "scan"
    shutil.rmtree(trail, ignore_errors=True)
    with progress_shown("inventing a company") as on_progress:
        simulate_company(
            trail,
            reps=30,
            accounts=1500,
            years=2,
            seed=seed,
            guilty_share=DEMO_SHARE,
            complete=True,
            on_progress=lambda share: on_progress("inventing a company", share),
        )
    with workspace_for(folder) as workspace, progress_shown("reading") as on_progress:
        result, read = scan_trail(trail, ScanOptions(), workspace=workspace, on_progress=on_progress)
        write_result(result, read, result_folder, with_names=True)
        read.close()
    print_summary(result, result_folder)
    report = (result_folder / "report.html").absolute()
    if open_report and has_screen() and webbrowser.open(report.as_uri()):
        return
    out.print(f"Open it in a browser: {report.as_uri()}", soft_wrap=True)
