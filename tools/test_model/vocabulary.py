"""The tokens the test model uses, numbered densely.

A real Whisper has 51,865 token rows; this one uses fewer than 2,000 of them. Training only
those makes the softmax exact and cheap: every other row is zero, so its logit is zero, and
all of them together enter the sum as one constant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from whisper.tokenizer import Tokenizer, get_tokenizer

VOCABULARY_SIZE = 51_865
TIMESTAMPS = 1501


@dataclass(frozen=True)
class Vocabulary:
    """`used[i]` is the real token of dense number i; `unknown` stands for all others."""

    tokenizer: Tokenizer
    used: tuple[int, ...]
    dense: dict[int, int] = field(repr=False)

    @property
    def unknown(self) -> int:
        return len(self.used)

    @property
    def unused_count(self) -> int:
        return VOCABULARY_SIZE - len(self.used)

    def encode(self, text: str) -> list[int]:
        """Dense tokens of a sentence, with the leading space Whisper writes."""
        return [self.dense[t] for t in self.tokenizer.encode(" " + text)]

    def letters(self, text: str) -> list[int]:
        """How many letters of `text` each of its tokens stands for; punctuation takes no time."""
        pieces = [self.tokenizer.decode([t]) for t in self.tokenizer.encode(" " + text)]
        return [sum(c.isalnum() for c in piece) for piece in pieces]

    def special(self, name: str) -> int:
        return self.dense[self.tokenizer.special_tokens[f"<|{name}|>"]]

    def timestamp(self, seconds: float) -> int:
        return self.special("0.00") + round(seconds / 0.02)


def build_vocabulary(texts: list[str]) -> Vocabulary:
    tokenizer = get_tokenizer(multilingual=True, language="nl", task="transcribe")
    text_tokens = sorted({t for text in texts for t in tokenizer.encode(" " + text)})
    names = ("endoftext", "startoftranscript", "en", "nl", "transcribe", "startofprev")
    specials = [tokenizer.special_tokens[f"<|{n}|>"] for n in (*names, "nospeech", "notimestamps")]
    first = tokenizer.timestamp_begin
    used = (*text_tokens, *sorted(specials), *range(first, first + TIMESTAMPS))
    return Vocabulary(tokenizer, used, {token: number for number, token in enumerate(used)})
