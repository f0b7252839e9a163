"""Why a file is not kept, in a sentence for whoever brought it."""

from django.utils.functional import Promise


class CannotKeepFileError(Exception):
    """A file is refused; the code says why."""

    def __init__(self, code: str, words: str | Promise) -> None:
        super().__init__(code)
        self.code, self._words = code, words

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(self._words)
