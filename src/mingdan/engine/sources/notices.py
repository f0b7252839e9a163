"""What sources tell people about an export, in both languages."""

from collections.abc import Iterable, Sequence

from mingdan.engine.findings import Text


def file_left_out(file: str) -> Text:
    """Say that nothing of a file is read."""
    return Text(en=f"{file}: not mapped, left out.", zh=f"{file}：未作映射，未读取。")


def headings_left_out(file: str, headings: Iterable[str]) -> Text:
    """Say which columns of a file are not read."""
    listed = list(headings)
    return Text(
        en=f"{file}: columns not mapped, left out: {', '.join(listed)}.",
        zh=f"{file}：以下列未作映射，未读取：{'、'.join(listed)}。",
    )


def not_read(file: str, name: str) -> Text:
    """Say that a module or object of a CRM's export has no place in the trail."""
    return Text(
        en=f"{file}: {name} is not among what is read, left out.", zh=f"{file}：{name} 不在读取范围内，未读取。"
    )


def table_left_out(table: str, lacking: Iterable[str]) -> Text:
    """Say that a table cannot be made for want of required columns."""
    listed = sorted(lacking)
    return Text(
        en=f"{table}: left out, as the export has no {', '.join(listed)}.",
        zh=f"{table}：导出文件中没有 {'、'.join(listed)}，因此未生成该表。",
    )


def unknown_stages(names: Sequence[str]) -> Text:
    """Say which stage names have no meaning yet, and how to give them one."""
    line = f'[stages] "{names[0]}" = "solution"'
    return Text(
        en=f"Stages without a meaning: {', '.join(names)}. Say what they mean in a file given with --mapping, such as {line}.",
        zh=f"以下阶段含义不明：{'、'.join(names)}。请用 --mapping 指定一个文件说明其含义，例如 {line}。",
    )


NO_TIMELINES = Text(
    en="No timelines: stages, owner changes and ways round the process are not known.",
    zh="没有时间线（timeline）：无法得知阶段变化、负责人变更和绕过流程的操作。",
)

NO_USERS = Text(
    en="No list of users: everyone who owns a record is taken for a salesperson.",
    zh="没有用户名单：凡是记录负责人，均视为销售人员。",
)
