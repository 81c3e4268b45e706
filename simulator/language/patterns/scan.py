"""Moving through the text of a .NET pattern: characters, numbers, names and escapes."""

from simulator.language.patterns.options import PatternError
from simulator.language.patterns.units import contains, table

LARGEST = 2**31 - 1

_ESCAPES = {
    "a": 0x07, "b": 0x08, "e": 0x1B, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B,
}  # fmt: skip


def is_word(char: str) -> bool:
    """Whether *char* can be part of a group's name."""
    if char.isascii():
        return char.isalnum() or char == "_"
    return char in "\u200c\u200d" or contains(table("word"), ord(char))


class Scanner:
    """A pattern, of code units, and how far it has been read."""

    __slots__ = ("position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def more(self) -> bool:
        """Whether anything is left."""
        return self.position < len(self.text)

    def left(self) -> int:
        """How many characters are left."""
        return len(self.text) - self.position

    def peek(self, ahead: int = 0) -> str:
        """The character *ahead* places from here, or nothing."""
        at = self.position + ahead
        return self.text[at : at + 1]

    def at(self, text: str) -> bool:
        """Whether *text* comes next."""
        return self.text.startswith(text, self.position)

    def next(self) -> str:
        """The next character, which is then behind."""
        self.position += 1
        return self.text[self.position - 1]

    def take(self, text: str) -> bool:
        """Whether *text* came next; it is then behind."""
        found = self.at(text)
        if found:
            self.position += len(text)
        return found

    def skip_blanks(self, spaced: bool) -> None:
        """Skips comments in brackets; in a *spaced* pattern also blanks and comments after #."""
        while True:
            if spaced and self.peek() in (" ", "\t", "\n", "\f", "\r"):
                self.position += 1
            elif spaced and self.at("#"):
                end = self.text.find("\n", self.position)
                self.position = len(self.text) if end < 0 else end
            elif self.at("(?#"):
                end = self.text.find(")", self.position)
                if end < 0:
                    raise PatternError("a comment is not closed")
                self.position = end + 1
            else:
                return

    def quantifier_follows(self) -> bool:
        """Whether `*`, `+`, `?`, or braces with numbers, come next."""
        if self.peek() in ("*", "+", "?"):
            return True
        if not self.at("{"):
            return False
        body = self.text[self.position + 1 :].split("}", 1)
        least, comma, most = body[0].partition(",")
        return len(body) == 2 and _digits(least) and (not comma or not most or _digits(most))

    def decimal(self) -> int:
        """The number whose digits come next; 0 without any."""
        start = self.position
        while self.peek() and self.peek() in "0123456789":
            self.position += 1
        number = int(self.text[start : self.position] or "0")
        if number > LARGEST:
            raise PatternError("a number is too large")
        return number

    def name(self) -> str:
        """The word characters that come next."""
        start = self.position
        while self.more() and is_word(self.peek()):
            self.position += 1
        return self.text[start : self.position]

    def skip_posix_name(self) -> None:
        """Skips `:name:]` after a bracket, which .NET reads and ignores."""
        start = self.position
        if self.take(":"):
            self.name()
            if not self.take(":]"):
                self.position = start

    def property_name(self) -> str:
        r"""The name in the braces after `\p`."""
        if self.left() < 3 or not self.take("{"):
            raise PatternError(r"`\p` needs a name in braces")
        start = self.position
        while self.more() and (is_word(self.peek()) or self.at("-")):
            self.position += 1
        name = self.text[start : self.position]
        if not self.take("}"):
            raise PatternError(r"`\p` needs a name in braces")
        return name

    def character_escape(self, ecma: bool) -> int:
        """The code unit that is written after a backslash."""
        if not self.more():
            raise PatternError("a backslash ends the pattern")
        char = self.next()
        if char in "01234567":
            self.position -= 1
            return self._octal(ecma)
        if char in "xu":
            return self._hexadecimal(2 if char == "x" else 4)
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char == "c":
            return self._control()
        if not ecma and is_word(char):
            raise PatternError(f"there is no escape `\\{char}`")
        return ord(char)

    def _octal(self, ecma: bool) -> int:
        value = 0
        for _ in range(3):
            if not self.peek() or self.peek() not in "01234567":
                break
            value = value * 8 + int(self.next())
            if ecma and value >= 0x20:
                break
        return value & 0xFF

    def _hexadecimal(self, count: int) -> int:
        digits = self.text[self.position : self.position + count]
        if len(digits) < count or any(d not in "0123456789abcdefABCDEF" for d in digits):
            raise PatternError("hexadecimal digits are missing")
        self.position += count
        return int(digits, 16)

    def _control(self) -> int:
        if not self.more():
            raise PatternError(r"`\c` needs a letter")
        char = self.next()
        code = ord(char.upper() if "a" <= char <= "z" else char) - 64
        if not 0 <= code < 32:
            raise PatternError(f"there is no control character `{char}`")
        return code


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
