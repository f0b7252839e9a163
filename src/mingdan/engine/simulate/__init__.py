"""Simulated companies with known truth: causes first, rows after (docs/how-it-works/simulator.md)."""

from mingdan.engine.simulate.run import Scenario, simulate

__all__ = ["Scenario", "simulate"]
