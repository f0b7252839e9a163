"""`mingdan trail ...`: verify, export and sequence the audit trail."""

import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from mingdan.cli.console import FAILED, out, progress_shown
from mingdan.cli.serving import ensure_migrated, start_django
from mingdan.platform.trail.single_file import single_file

app = typer.Typer(
    no_args_is_help=True, help="The audit trail: verify, export, sequence it. 操作留痕：验证、导出、编号。"
)

Kept = Annotated[
    list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that was kept elsewhere; may be given again.")
]


@app.command()
def verify(
    checkpoint: Kept = None,
    receipts: Annotated[list[Path] | None, typer.Option("--receipt", help="A receipt that a client kept.")] = None,
) -> None:
    """Hash every entry anew and compare with all that was ever said of the log; exit 1 if anything does not fit."""
    _start()
    from mingdan.platform.trail.checking import verify_log
    from mingdan.platform.trail.models import TreeHead
    from mingdan.platform.trail.note_reading import read_key
    from mingdan.platform.trail.sequencing import log_key

    head = TreeHead.objects.first()
    total = head.size if head else 0
    earlier = [file.read_text(encoding="utf-8") for file in checkpoint or ()]
    promises = [file.read_text(encoding="utf-8") for file in receipts or ()]
    with progress_shown("verifying 正在验证") as on_progress:
        verdict = verify_log(
            read_key(log_key().public),
            earlier=earlier,
            receipts=promises,
            on_progress=lambda done: on_progress("verifying 正在验证", min(1.0, done / max(total, 1))),
        )
    for doubt in verdict.doubts:
        _say(doubt.en, doubt.zh)
    if verdict.doubts:
        _say("NOT VERIFIED.", "验证未通过。")
        raise typer.Exit(FAILED)
    _say(
        f"All {verdict.size} entries are as recorded and none is missing; {verdict.checkpoints} checkpoints,"
        f" {verdict.values} personal values and {verdict.receipts} receipts fit; {verdict.waiting} entries wait.",
        f"全部 {verdict.size} 条记录与写入时一致，无一缺失；{verdict.checkpoints} 个检查点、{verdict.values} 项个人信息、"
        f"{verdict.receipts} 份回执均相符；另有 {verdict.waiting} 条待编号。",
    )
    if not verdict.earlier:
        _say(
            "Compared with nothing kept elsewhere: a log that was rewritten whole would pass. Give --checkpoint.",
            "未与另行保存的内容比对：整份日志若被重写，此处无法发现。请用 --checkpoint 提供检查点。",
        )


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The zip file to write.")],
    about: Annotated[str, typer.Option(help="Only the entries about one object, such as crm.deal:12.")] = "",
    since: Annotated[
        Path | None, typer.Option(help="A checkpoint that the reader kept: prove that the log grew out of it.")
    ] = None,
    disclose: Annotated[bool, typer.Option(help="Add the personal values that were not erased.")] = False,
) -> None:
    """Write the trail with proofs and the verifier into a zip file that an outsider can verify without us."""
    _start()
    from django.utils import timezone

    from mingdan.platform.trail.exporting import export_trail
    from mingdan.platform.trail.sequencing import log_key

    note = since.read_text(encoding="utf-8") if since else ""
    shown, size = export_trail(file, log_key(), at=timezone.now(), about=about, since=note, disclose=disclose)
    _say(f"{shown} of {size} entries written to {file}.", f"已将 {size} 条记录中的 {shown} 条写入 {file}。")


@app.command()
def checkpoint() -> None:
    """Print the newest signed checkpoint; keep it where nobody who runs the server can reach it."""
    _start()
    from mingdan.platform.trail.queries import newest_checkpoint

    newest = newest_checkpoint()
    if newest is None:
        _say("The log has no checkpoint yet.", "日志尚无检查点。")
        raise typer.Exit(FAILED)
    sys.stdout.write(newest.note)


@app.command()
def key() -> None:
    """Print the log's public key; give it to those who shall verify exports, on the day the log begins."""
    _start()
    from mingdan.platform.trail.sequencing import log_key

    sys.stdout.write(f"{log_key().public}\n")


@app.command()
def receipt(entry: Annotated[str, typer.Argument(help="The entry's id, 32 hexadecimal digits.")]) -> None:
    """Print the log's signed promise to keep an entry; whoever holds it can show later that the entry was lost."""
    _start()
    from mingdan.platform.trail.receipts import receipt_for
    from mingdan.platform.trail.sequencing import log_key

    sys.stdout.write(receipt_for(entry, log_key()))


@app.command()
def sequence(
    once: Annotated[bool, typer.Option(help="Number what waits, then stop.")] = False,
) -> None:
    """Give waiting entries their numbers and sign checkpoints, until stopped; `mingdan serve` does this by itself."""
    _start()
    from django.utils import timezone

    from mingdan.platform.trail.sequencing import keep_sequencing, log_key
    from mingdan.platform.trail.sequencing import sequence as sequence_batch

    if not once:
        keep_sequencing(log_key(), threading.Event())
        return
    while sequence_batch(log_key(), at=timezone.now()):
        pass


@app.command()
def verifier() -> None:
    """Print verify.py, the one file that verifies exports with nothing but Python."""
    sys.stdout.write(single_file())


def _start() -> None:
    start_django()
    ensure_migrated()


def _say(en: str, zh: str) -> None:
    out.print(f"{en}\n{zh}", markup=False, highlight=False, soft_wrap=True)
