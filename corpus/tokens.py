"""Counting tokens with tiktoken; its only import."""

import functools

from corpus.article import UserError


class TokenCounter:
    """Counts tokens of an encoding; UserError when tiktoken has none of that name or cannot get its file."""

    def __init__(self, encoding: str) -> None:
        import tiktoken

        try:
            self._encoding = tiktoken.get_encoding(encoding)
        except ValueError as error:
            names = ", ".join(tiktoken.list_encoding_names())
            message = f"There is no token encoding “{encoding}”; set DATELINE_ENCODING to one of: {names}."
            raise UserError(message) from error
        except OSError as error:
            message = (
                f"The token encoding “{encoding}” could not be downloaded; go online once,"
                " or unset DATELINE_ENCODING to use the one that is installed."
            )
            raise UserError(message) from error

    def count(self, text: str) -> int:
        """The number of tokens; markup that looks like a special token counts as ordinary text."""
        return len(self._encoding.encode_ordinary(text))


# The counter of an encoding, loaded once a process.
token_counter = functools.cache(TokenCounter)
