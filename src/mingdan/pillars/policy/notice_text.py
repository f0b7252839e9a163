"""A draft of the notice that the law asks for before anything is looked at, out of the register of personal data."""

from collections.abc import Iterable

from django.utils.translation import gettext, override

from mingdan.platform.retention.register import Columns, Purpose, Rule, register


def drafted_notice(company: str, contact: str) -> tuple[str, str]:
    """Return a notice in Chinese and English: who, what, for what, on which ground, how long, which rights.

    After PIPL art. 17 and 24. A person has to read it, add what the company does besides, and have it adopted.
    """
    with override("zh-hans"):
        chinese = _notice(company, contact)
    with override("en"):
        return chinese, _notice(company, contact)


def _notice(company: str, contact: str) -> str:
    parts = [
        gettext("Who is responsible")
        + "\n"
        + gettext("%(company)s. Contact: %(contact)s.") % {"company": company, "contact": contact},
        gettext("What is looked at, and why")
        + "\n"
        + gettext(
            "Mingdan reads the company's own sales records (customers, deals, quotes, orders, receipts, service, work "
            "calls and mails in the company's channels) to see orders that leave the company, and to find the honest "
            "explanations. It never reads private telephones or chats, places outside of work, feelings, or data that was "
            "bought; refusing a consent is never held against anybody."
        ),
        gettext("What a machine may and may not do")
        + "\n"
        + gettext(
            "A machine suggests, a person decides. Nobody is measured, paid less or dismissed on a machine's word. You may "
            "ask how a suggestion came about, answer it, and refuse a decision that a machine alone has made."
        ),
        gettext("What is kept about you, for what and until when") + "\n" + "\n".join(_lines(register().personal)),
        gettext("Your rights")
        + "\n"
        + gettext(
            "You may read and copy what is kept about you, have it corrected, ask for deletion and explanation: on the page "
            "“My data”. An answer comes within 15 working days and is released by somebody other than who wrote it. If you "
            "are not content, go to the labour inspectorate or the authority for personal information."
        ),
    ]
    return "\n\n".join(f"{number}. {part}" for number, part in enumerate(parts, start=1))


def _lines(personal: Iterable[Columns]) -> list[str]:
    """Return a line for each purpose and time: a reader wants to know what is kept, not in which table."""
    together: dict[tuple[Purpose, Rule], list[str]] = {}
    for one in personal:
        together.setdefault((one.purpose, one.rule), []).append(str(one))
    return [
        gettext("- %(what)s. For: %(purpose)s. Ground: %(basis)s. Kept: %(rule)s.")
        % {"what": gettext("; ").join(what), "purpose": purpose, "basis": purpose.basis, "rule": rule}
        for (purpose, rule), what in together.items()
    ]
