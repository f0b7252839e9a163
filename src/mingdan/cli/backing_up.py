"""`mingdan backup` and `mingdan restore`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from mingdan.cli.console import FAILED, complain, out
from mingdan.cli.serving import ensure_migrated, start_django


def backup(
    target: Annotated[Path, typer.Argument(help="A file that does not exist yet, or a folder.")],
) -> None:
    """Back up the database and the files into one zip file, while the application runs; the keys are not in it."""
    start_django()
    ensure_migrated()
    from django.utils import timezone

    from mingdan.platform.operations.backup import back_up
    from mingdan.platform.operations.manifest import CannotBackUpError

    try:
        file, manifest = back_up(target, at=timezone.now())
    except CannotBackUpError as reason:
        complain(f"mingdan: {reason}", FAILED)
    _say(f"{file}: {manifest.entries} entries of the audit trail, root {manifest.root}")
    _say(f"{file}\uff1a\u64cd\u4f5c\u7559\u75d5 {manifest.entries} \u6761\uff0c\u6839\u54c8\u5e0c {manifest.root}")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A back-up that `mingdan backup` made.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the database that is there.")] = False,
) -> None:
    """Put a back-up in place of the database; stop the application first. All sessions end."""
    if owner := os.environ.get("MINGDAN_OWNER_DATABASE_URL"):
        # The role that the application runs as owns nothing, so it cannot put tables back.
        os.environ["DATABASE_URL"] = owner
    start_django()
    from django.utils import timezone

    from mingdan.platform.operations.manifest import CannotRestoreError
    from mingdan.platform.operations.restoring import restore as put_back

    try:
        done = put_back(file, at=timezone.now(), force=force)
    except CannotRestoreError as reason:
        complain(f"mingdan: {reason}", FAILED)
    manifest = done.manifest
    _say(f"Restored as of {manifest.made_at}: {manifest.entries} entries of the audit trail, root {manifest.root}.")
    _say(
        f"\u5df2\u6062\u590d\u81f3 {manifest.made_at}\uff1a\u64cd\u4f5c\u7559\u75d5 {manifest.entries} \u6761\uff0c"
        f"\u6839\u54c8\u5e0c {manifest.root}\u3002"
    )
    _say("Accounts closed, rights taken back and tokens revoked since then hold again: do these once more.")
    _say(
        "\u5728\u6b64\u4e4b\u540e\u5173\u95ed\u7684\u8d26\u53f7\u3001\u6536\u56de\u7684\u6743\u9650\u3001"
        "\u64a4\u9500\u7684\u4ee4\u724c\u5df2\u968f\u4e4b\u8fd8\u539f\uff0c\u8bf7\u91cd\u65b0\u5904\u7406\u3002"
    )
    if done.before:
        _say(
            f"The database before lies in {done.before}. \u539f\u6570\u636e\u5e93\u4fdd\u7559\u5728 {done.before}\u3002"
        )


def _say(sentence: str) -> None:
    out.print(sentence, markup=False, highlight=False, soft_wrap=True)
