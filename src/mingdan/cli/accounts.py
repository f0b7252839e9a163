"""`mingdan account open`: the first administrator, before anybody can sign in."""

import sys
from typing import Annotated

import typer

from mingdan.cli.console import FAILED, complain, out
from mingdan.cli.serving import start_django

app = typer.Typer(no_args_is_help=True, help="Accounts, from the machine itself. \u8d26\u53f7\u3002")


@app.callback()
def account() -> None:
    """Keep accounts from the machine itself."""


@app.command("open")
def open_account(
    username: Annotated[str, typer.Argument(help="The sign-in name.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    email: Annotated[str, typer.Option(help="Where a forgotten password is reset.")] = "",
    role: Annotated[str, typer.Option(help="A role, such as administrator.")] = "administrator",
) -> None:
    """Open an account with a role; the password is asked for, or read from standard input. The trail says it was here."""
    start_django()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction
    from django.utils import timezone

    from mingdan.platform.access.actions import grant_role
    from mingdan.platform.access.roles import Role
    from mingdan.platform.people import actions

    if role not in Role.values:
        complain(f"mingdan: there is no role {role}; known are {', '.join(Role.values)}.", FAILED)
    typed = _password()
    try:
        validate_password(typed)
        with transaction.atomic():
            now = timezone.now()
            user = actions.open_account(username=username, name=name, email=email, password=typed, by=None, at=now)
            grant_role(user, Role(role), by=None, at=now, reason="opened from the command line")
    except ValidationError as reason:
        complain(f"mingdan: {' '.join(reason.messages)}", FAILED)
    out.print(f"{username} can sign in as {role}.", soft_wrap=True)


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
