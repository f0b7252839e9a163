"""Whether the application can serve: its database answers, is of this version, and the trail keeps up."""

import datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from mingdan.platform.trail.queries import standing


def is_migrated() -> bool:
    """Return whether the database has every table and column of this version; raises DatabaseError if it is away."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def complaints(at: datetime.datetime) -> list[str]:
    """Return what keeps the application from serving, each in a few words without anything personal."""
    try:
        if not is_migrated():
            return ["database not migrated"]
        return ["trail late"] if standing().is_late(at) else []
    except DatabaseError:
        return ["database away"]
