"""Statistics that several detectors share, one file per method."""
