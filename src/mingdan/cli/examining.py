"""`mingdan doctor`: whether this installation is well."""

import typer

from mingdan.cli.console import FAILED, out
from mingdan.cli.serving import ensure_migrated, start_django


def doctor() -> None:
    """Check the installation; each complaint is one sentence that says what to do. Exit 1 if there is one that matters."""
    start_django()
    ensure_migrated()
    from django.utils import timezone

    from mingdan.platform.operations.doctor import complaints

    serious = 0
    for name, complaint in complaints(timezone.now()):
        if complaint is None:
            out.print(f"ok       {name}", markup=False, highlight=False)
            continue
        serious += not complaint.is_warning
        mark = "warning" if complaint.is_warning else "WRONG"
        out.print(f"{mark:8} {name}: {complaint.en}", markup=False, highlight=False, soft_wrap=True)
        out.print(f"{'':8} {complaint.zh}", markup=False, highlight=False, soft_wrap=True)
    if serious:
        raise typer.Exit(FAILED)
