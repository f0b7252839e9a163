"""Run every benchmark, one after the other, each in its own process: `make bench`."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = (
    "scan_scale",
    "repurchase_cdnow",
    "process_conformance",
    "side_deal_text",
    "entity_resolution",
    "spark_scale",
    "side_deal_bench",
    "trail_speed",
    "trail_crash",
    "live_latency",
)


def main() -> int:
    """Run the benchmarks named on the command line, or all; return how many failed."""
    chosen = sys.argv[1:] or BENCHMARKS
    failed = 0
    for name in chosen:
        print(f"\n== {name} ==", flush=True)
        file = Path(__file__).with_name(f"{name}.py")
        failed += subprocess.run([sys.executable, str(file)], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
