"""`python -m mingdan.engine.documents FOLDER`: write the catalogue into the folder, and the model card beside it."""

import sys
from pathlib import Path

from mingdan.engine.documents import write_cards, write_catalogue

if len(sys.argv) != 2:
    sys.exit("usage: python -m mingdan.engine.documents FOLDER")
write_catalogue(Path(sys.argv[1]))
write_cards(Path(sys.argv[1]).parent)
