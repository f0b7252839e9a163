"""The kinds of entries: each pillar declares its own, and says how an entry reads, what is personal, who is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

ALWAYS = frozenset({"by", "about"})
"""What every sentence may name besides the fields of its kind."""


class WrongKindError(Exception):
    """A kind of entry is declared wrongly; the message says how."""


@dataclass(frozen=True)
class Sentence:
    """One sentence in English and Chinese, with the fields of the entry in braces."""

    en: str
    zh: str

    def blanks(self) -> Iterator[frozenset[str]]:
        """Yield the names in braces, of each language."""
        for text in (self.en, self.zh):
            yield frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


@dataclass(frozen=True)
class EntryKind:
    """What can happen and how it is told.

    `code` is the app and a past tense ("crm.deal_lost"). `fields` stand in the entry as they are; `personal` ones only
    as commitments, their values in a table that can be erased. `refers` are those fields that hold a reference and are
    told by the name of what they refer to. `notifies` names who is told, by their relation to what
    the entry is about ("owner", "subject", "manager") or by role.
    """

    code: str
    sentence: Sentence
    fields: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    notifies: tuple[str, ...] = ()


_KINDS: dict[str, EntryKind] = {}


def declare_kind(
    code: str,
    *,
    en: str,
    zh: str,
    fields: tuple[str, ...] = (),
    personal: tuple[str, ...] = (),
    refers: tuple[str, ...] = (),
    notifies: tuple[str, ...] = (),
) -> EntryKind:
    """Add a kind of entry and return it; raise WrongKindError for one that could not be told in both languages."""
    kind = EntryKind(code, Sentence(en, zh), fields, personal, refers, notifies)
    if _KINDS.get(code, kind) != kind:
        raise WrongKindError(f"There are two kinds of entries called {code}.")
    if "." not in code or not en.endswith(".") or not zh.endswith("。"):
        raise WrongKindError(f"{code}: a kind is called app.event_in_the_past and told in one whole sentence each.")
    known = ALWAYS | set(fields) | set(personal)
    if set(fields) & set(personal) or len(known) != len(ALWAYS) + len(fields) + len(personal):
        raise WrongKindError(f"{code}: a field stands twice or is called {' or '.join(sorted(ALWAYS))}.")
    if set(refers) - set(fields):
        raise WrongKindError(f"{code}: {', '.join(sorted(set(refers) - set(fields)))} refers and is no field.")
    for blanks in kind.sentence.blanks():
        if blanks - known:
            raise WrongKindError(f"{code}: the sentence names {', '.join(sorted(blanks - known))}, which is no field.")
    _KINDS[code] = kind
    return kind


def kind_called(code: str) -> EntryKind | None:
    """Return the kind with this code, or None for one that this version no longer knows."""
    return _KINDS.get(code)


def all_kinds() -> tuple[EntryKind, ...]:
    """Return every kind that was declared, by code."""
    return tuple(_KINDS[code] for code in sorted(_KINDS))


READING = {
    "viewed": declare_kind("trail.record_viewed", en="{by} viewed {about}.", zh="{by} 查看了 {about}。"),
    "searched": declare_kind(
        "trail.searched",
        en="{by} searched {about} and found {found} records.",
        zh="{by} 检索了 {about}，得到 {found} 条结果。",
        fields=("found",),
        personal=("words",),
    ),
    "exported": declare_kind(
        "trail.exported",
        en="{by} exported {rows} rows of {about} as {format}.",
        zh="{by} 导出了 {about} 的 {rows} 行数据（{format}）。",
        fields=("rows", "format"),
        notifies=("manager",),
    ),
    "printed": declare_kind(
        "trail.printed",
        en="{by} printed {about} ({pages} pages).",
        zh="{by} 打印了 {about}（{pages} 页）。",
        fields=("pages",),
    ),
}
"""Reading is recorded like writing: who viewed, searched, exported, printed."""

VALUE_ERASED = declare_kind(
    "trail.value_erased",
    en="{by} erased the personal values {erased} of entry {entry}: {reason}.",
    zh="{by} 删除了记录 {entry} 中的个人信息 {erased}，原因：{reason}。",
    fields=("entry", "erased", "reason"),
    notifies=("subject",),
)

LOG_STARTED = declare_kind(
    "trail.log_started",
    en="The audit trail began; its entries are vouched for with the key {key}.",
    zh="操作留痕启用，由密钥 {key} 为其记录作证。",
    fields=("key",),
)
