"""Start Spark for one scan."""

from collections.abc import Callable
from pathlib import Path

from mingdan.engine.reading import ReadTrail, UnreadableTrailError
from mingdan.engine.reading.read import Progress
from mingdan.engine.spark.session import has_session, is_uri, open_session


def read_on_spark(
    engine: str,
    trail: str | Path,
    read_here: Callable[[], ReadTrail],
    *,
    has_source: bool,
    strict: bool,
    workspace: Path,
    on_progress: Progress,
) -> ReadTrail:
    """Return a trail whose detectors' questions Spark answers, on the master that `engine` names.

    A URI is read in place, and must hold the contract's own tables as Parquet. Any other trail is read by `read_here`, and
    its typed tables are handed over. Raise UnusableEngineError where Spark cannot be used, else as `read_trail`.
    """
    if is_uri(trail) and has_source:
        raise UnreadableTrailError(
            "Spark reads only the contract's own tables in place; leave --source and --mapping away."
        )
    is_ours = not has_session()
    session = open_session(engine)
    stop = session.stop if is_ours else lambda: None
    from mingdan.engine.spark.in_place import read_in_place  # loads PySpark, which not everybody has
    from mingdan.engine.spark.trail import hand_over

    try:
        if is_uri(trail):
            read = read_in_place(session, str(trail), strict=strict, workspace=workspace, on_progress=on_progress)
        else:
            read = hand_over(read_here(), session, workspace)
    except BaseException:
        stop()
        raise
    read.on_close(stop)
    return read
