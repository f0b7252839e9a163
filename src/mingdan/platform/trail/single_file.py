"""Put the verifier into one file that needs only Python, for people who have nothing of ours.

The modules it consists of import nothing but the standard library and each other; their text is joined, and only the
imports of each other are left out. What an outsider runs is what the server runs.
"""

import re
from pathlib import Path

MODULES = ("tree", "ed25519", "doubts", "note_reading", "differences", "export_check", "verifier")

_OWN_IMPORT = re.compile(r"^from mingdan\.[\w.]+ import [^\n(]+\n", re.MULTILINE)
_DOCSTRING = re.compile(r'\A""".*?"""\n', re.DOTALL)


def single_file() -> str:
    """Return the text of `verify.py`."""
    folder = Path(__file__).parent
    texts = {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}
    opening = _DOCSTRING.match(texts["verifier"])
    parts = [opening.group() if opening else ""]
    for name, text in texts.items():
        said = _DOCSTRING.match(text)
        about = re.sub(r"^", "# ", said.group().strip('"\n').strip(), flags=re.MULTILINE) if said else ""
        rest = _OWN_IMPORT.sub("", _DOCSTRING.sub("", text)).strip("\n")
        parts.append(f"# ---- {name}\n{about if name != 'verifier' else ''}\n{rest}\n".replace("# \n", "#\n"))
    return "\n".join([*parts, 'if __name__ == "__main__":\n    sys.exit(main())\n'])
