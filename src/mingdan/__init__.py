"""Mingdan 明单: every deal on the books."""
