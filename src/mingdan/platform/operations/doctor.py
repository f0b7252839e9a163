"""What `mingdan doctor` asks of an installation: each check says in one sentence what is wrong and what to do."""

import datetime
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mingdan.lib.working_days import is_year_final
from mingdan.platform.access.models import RoleGrant, in_force
from mingdan.platform.access.roles import Role
from mingdan.platform.jobs.models import Worker
from mingdan.platform.operations.backup_kinds import BACKED_UP
from mingdan.platform.trail.models import Entry, PendingEntry
from mingdan.platform.trail.note_signing import LogKeyError
from mingdan.platform.trail.queries import standing
from mingdan.platform.trail.sequencing import log_key

LEAST_FREE = 2 * 1024**3
OLDEST_BACKUP = datetime.timedelta(days=2)
SILENT_WORKER = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class Complaint:
    """What is wrong and what to do about it, in English and Chinese; a warning does not keep anybody from working."""

    en: str
    zh: str
    is_warning: bool = False


Check = Callable[[datetime.datetime], Complaint | None]


def complaints(at: datetime.datetime) -> Iterator[tuple[str, Complaint | None]]:
    """Yield each check's name with its complaint, or with nothing if all is well."""
    for name, check in CHECKS.items():
        yield name, check(at)


def _python(_at: datetime.datetime) -> Complaint | None:
    if sys.version_info[:2] in ((3, 11), (3, 12), (3, 13)):
        return None
    return Complaint(
        "This Python is not 3.11, 3.12 or 3.13: run Mingdan with one of these.",
        "当前 Python 不是 3.11、3.12 或 3.13，请改用其中之一。",
    )


def _mode(_at: datetime.datetime) -> Complaint | None:
    if settings.IS_PRODUCTION:
        return None
    return Complaint(
        f"The mode is {settings.MODE}, which checks no settings: unset MINGDAN_MODE before real data go in.",
        f"当前模式为 {settings.MODE}，不检查设置；录入真实数据前请取消 MINGDAN_MODE。",
        is_warning=True,
    )


def _folder(_at: datetime.datetime) -> Complaint | None:
    mode = stat.S_IMODE(Path(settings.DATA).stat().st_mode)
    if mode & 0o077 == 0:
        return None
    return Complaint(
        f"Others on this machine can look into {settings.DATA}: run `chmod 700` on it.",
        f"本机其他用户可以查看 {settings.DATA}，请对其执行 `chmod 700`。",
    )


def _space(_at: datetime.datetime) -> Complaint | None:
    free = shutil.disk_usage(settings.DATA).free
    if free >= LEAST_FREE:
        return None
    return Complaint(
        f"Only {free // 1024**2} MB are free beside {settings.DATA}: make room.",
        f"{settings.DATA} 所在磁盘仅剩 {free // 1024**2} MB，请清理空间。",
    )


def _durable(_at: datetime.datetime) -> Complaint | None:
    if connection.vendor != "postgresql" or _shown("synchronous_commit") not in ("off", "local"):
        return None
    return Complaint(
        "PostgreSQL acknowledges before it has written (synchronous_commit): set it to on, or entries can be lost.",
        "PostgreSQL 在写入磁盘前即确认（synchronous_commit），记录可能丢失，请设为 on。",
    )


def _owner(_at: datetime.datetime) -> Complaint | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relname = 'trail_entry' AND relowner = current_user::regrole"
        )
        if cursor.fetchone() == (0,):
            return None
    return Complaint(
        "The application runs as the owner of its tables, who could change the trail: use `mingdan database prepare`.",
        "程序以数据表所有者的身份运行，可能改动操作留痕，请使用 `mingdan database prepare`。",
    )


def _shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _key(_at: datetime.datetime) -> Complaint | None:
    try:
        log_key()
    except LogKeyError as reason:
        return Complaint(f"The trail's key cannot serve: {reason}", f"留痕密钥无法使用（{reason}）。")
    return None


def _trail(at: datetime.datetime) -> Complaint | None:
    if not standing().is_late(at):
        return None
    return Complaint(
        "Entries of the audit trail wait for their numbers: start `mingdan serve`.",
        "操作留痕有记录等待编号，请启动 `mingdan serve`。",
    )


def _worker(at: datetime.datetime) -> Complaint | None:
    if Worker.objects.filter(seen_at__gt=at - SILENT_WORKER).exists():
        return None
    return Complaint(
        "No worker does the background jobs: start `mingdan serve`, which brings one.",
        "没有进程处理后台任务，请启动 `mingdan serve`，它会一并启动处理进程。",
    )


def _backup(at: datetime.datetime) -> Complaint | None:
    for table, order in ((PendingEntry, "-pk"), (Entry, "-index")):
        written = (
            table._default_manager.filter(kind=BACKED_UP.code).order_by(order).values_list("at", flat=True).first()
        )
        if written and at - datetime.datetime.fromisoformat(written) < OLDEST_BACKUP:
            return None
    return Complaint(
        "There is no back-up of the last two days: let `mingdan backup` run every night.",
        "最近两天没有备份，请安排每晚运行 `mingdan backup`。",
    )


def _administrator(at: datetime.datetime) -> Complaint | None:
    held = RoleGrant.objects.filter(in_force(at), role=Role.ADMINISTRATOR, user__is_active=True)
    if not held.exists():
        return Complaint(
            "Nobody is administrator: run `mingdan account open`.", "没有系统管理员，请运行 `mingdan account open`。"
        )
    safe = Authenticator.objects.filter(type__in=("totp", "webauthn")).values("user")
    if held.exclude(user__in=safe).exists():
        return Complaint(
            "An administrator signs in by password alone: have them set up a second factor.",
            "有系统管理员仅凭密码登录，请其设置二次验证。",
            is_warning=True,
        )
    return None


def _mail(_at: datetime.datetime) -> Complaint | None:
    if settings.EMAIL_HOST:
        return None
    return Complaint(
        "No mail is sent, so nobody can set a password: set MINGDAN_SMTP.",
        "未发送任何邮件，因此无人能设置密码，请设置 MINGDAN_SMTP。",
        is_warning=True,
    )


def _calendar(at: datetime.datetime) -> Complaint | None:
    day = timezone.localdate(at)
    if is_year_final(day.year):
        return None
    return Complaint(
        f"The working calendar of {day.year} is not final in this version: upgrade.",
        f"本版本中 {day.year} 年的工作日历尚未最终确定，请升级。",
        True,
    )


CHECKS: dict[str, Check] = {
    "python": _python,
    "mode": _mode,
    "folder": _folder,
    "space": _space,
    "durability": _durable,
    "owner": _owner,
    "key": _key,
    "trail": _trail,
    "worker": _worker,
    "backup": _backup,
    "administrator": _administrator,
    "mail": _mail,
    "calendar": _calendar,
}
