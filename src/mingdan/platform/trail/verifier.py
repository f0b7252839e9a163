"""Verify an export of the audit trail offline: `python verify.py EXPORT --key KEY --checkpoint EARLIER`.

Needs Python 3.11 and nothing else: no network, no server. The key and the earlier checkpoint should have reached you by
another way than the export: whoever can rewrite the log can rewrite what the log says about itself.

Exit code: 0 verified, 1 something does not fit, 2 the export cannot be read, 3 the export agrees with itself, but was
compared with nothing that its maker could not have rewritten.
"""

import argparse
import io
import sys
import zipfile
from pathlib import Path

from mingdan.platform.trail.doubts import Doubt
from mingdan.platform.trail.export_check import Checked, Export, check_export
from mingdan.platform.trail.note_reading import read_key

VERIFIED, DOUBTED, UNREADABLE, UNANCHORED = 0, 1, 2, 3


def main(arguments: list[str] | None = None) -> int:
    """Verify the export named on the command line, print the result in English and Chinese, return the exit code."""
    parser = argparse.ArgumentParser(description="Verify an export of the audit trail 验证操作留痕的导出文件")
    parser.add_argument("export", type=Path, help="folder or zip file 文件夹或 zip 文件")
    parser.add_argument(
        "--key", help="the log's key as you received it elsewhere, or a file with it 另行取得的日志公钥"
    )
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that you kept 自行保存的检查点")
    chosen = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a console of another encoding must not stop the verification
    try:
        export = Export(chosen.export)
        earlier = chosen.checkpoint.read_text(encoding="utf-8") if chosen.checkpoint else None
        key = read_key(_key(chosen.key, export))
        checked = check_export(export, key, earlier)
        if read_key(export.text("key.vkey")) != key:
            checked.doubts.append(Doubt("file", name="key.vkey"))
    except Doubt as doubt:
        checked = Checked(doubts=[doubt])
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        _say(f"The export cannot be read: {error}.", f"无法读取导出文件：{error}。")
        return UNREADABLE
    return _tell(checked, is_anchored=bool(chosen.key and chosen.checkpoint))


def _key(given: str | None, export: Export) -> str:
    if given is None:
        return export.text("key.vkey")
    return given if "+" in given else Path(given).read_text(encoding="utf-8")


def _tell(checked: Checked, *, is_anchored: bool) -> int:
    for doubt in checked.doubts:
        _say(doubt.en, doubt.zh)
    if checked.doubts or checked.checkpoint is None:
        _say("NOT VERIFIED.", "验证未通过。")
        return DOUBTED
    origin, size, _ = checked.checkpoint
    whole = checked.is_whole
    _say(
        f"All {size} entries of the log {origin} are as recorded, none is missing."
        if whole
        else f"All {checked.entries} entries shown are in the log {origin}, as recorded, among {size}."
        " A selection cannot show what was left out of it.",
        f"日志 {origin} 的全部 {size} 条记录与写入时一致，无一缺失。"
        if whole
        else f"所示 {checked.entries} 条均为日志 {origin}（共 {size} 条）中的原始记录。节选不能说明其余内容。",
    )
    if checked.disclosed:
        _say(
            f"{checked.disclosed} disclosed personal values are those that were recorded.",
            f"已披露的 {checked.disclosed} 项个人信息与当时所记一致。",
        )
    if is_anchored:
        _say("VERIFIED against the key and the checkpoint that you gave.", "已依据您提供的公钥与检查点验证通过。")
        return VERIFIED
    _say(
        "NOT ANCHORED: without --key and --checkpoint, received and kept by another way, a maker of the export who"
        " rewrote the whole log would not be found out.",
        "未作独立比对：未提供另行取得的公钥（--key）与自行保存的检查点（--checkpoint），若导出方重写了整份日志，此处无法发现。",
    )
    return UNANCHORED


def _say(en: str, zh: str) -> None:
    sys.stdout.write(f"{en}\n{zh}\n")
