"""The command line: thin, every command is one call into the engine."""

import typer

from mingdan.cli import (
    accounts,
    backing_up,
    catalogue,
    databases,
    demonstrating,
    examining,
    explaining,
    learning,
    replaying,
    scanning,
    serving,
    trail,
    working,
    worlds,
)
from mingdan.cli.console import failing_clearly

app = typer.Typer(
    name="mingdan",
    help="Mingdan 明单：every deal on the books. 每一单，都在账上。",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

app.command("scan")(scanning.scan)
app.command("replay")(replaying.replay)
app.command("explain")(explaining.explain)
app.command("dry-run")(explaining.dry_run)
app.command("learn")(learning.learn)
app.command("map")(scanning.propose)
app.command("demo")(demonstrating.demo)
app.command("simulate")(worlds.simulate)
app.command("evaluate")(worlds.evaluate)
app.command("serve")(serving.serve)
app.command("worker")(working.worker)
app.command(
    "manage", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)(serving.manage)
app.command("backup")(backing_up.backup)
app.command("restore")(backing_up.restore)
app.command("doctor")(examining.doctor)
app.add_typer(accounts.app, name="account")
app.add_typer(databases.app, name="database")
app.add_typer(trail.app, name="trail")
app.command("tables")(catalogue.tables)
app.command("detectors")(catalogue.detectors)


def main() -> None:
    """Run the command line; exit 0 done, 1 failed, 2 wrong usage or unreadable input, never with a traceback."""
    with failing_clearly():
        app()
