"""Files that people bring: stored under their hash, checked by content, given out as downloads only."""
