"""Words that a connector brings along, in both languages of the product."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Words:
    """One text in Dutch (je, plain) and in English; neither may be empty."""

    nl: str
    en: str

    def __post_init__(self) -> None:
        if not self.nl.strip() or not self.en.strip():
            raise ValueError("a text is needed in both languages")

    def in_language(self, code: str) -> str:
        """Return the text for a language code such as "nl" or "en-gb"; English for any other."""
        return self.nl if code.split("-", maxsplit=1)[0] == "nl" else self.en
