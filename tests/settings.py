"""The settings under which tests and the type checker run: mingdan.settings in the mode for tests."""

import os

os.environ["MINGDAN_MODE"] = "test"

from mingdan.settings import *  # noqa: F403
