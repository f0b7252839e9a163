"""Run a command with DATABASE_URL naming a PostgreSQL server of its own, which is gone afterwards."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from trail_cluster import Cluster, server_programs


def main() -> int:
    """Return the command's exit code; without a server's programs do nothing, except in CI, where that fails."""
    if server_programs() is None:
        sys.stderr.write("PostgreSQL is not installed here, so nothing ran on it.\n")
        return 1 if os.environ.get("CI") == "true" else 0
    # What is lost with the machine matters to no test, and waiting for the disk is most of their time.
    with Cluster(fsync="off", max_connections="60") as cluster:
        environment = os.environ | {"DATABASE_URL": cluster.url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode  # noqa: S603  our own Makefile's words


if __name__ == "__main__":
    sys.exit(main())
