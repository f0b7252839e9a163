"""From findings to matters, alerts and the call-back list."""

from mingdan.engine.fuse.alerts import Policy, alerts_of
from mingdan.engine.fuse.callbacks import draw_callbacks
from mingdan.engine.fuse.fusion import Fusion, learnt
from mingdan.engine.fuse.matters import matters_of

__all__ = ["Fusion", "Policy", "alerts_of", "draw_callbacks", "learnt", "matters_of"]
