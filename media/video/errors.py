"""The two ways in which a file does not become a clip. Codes and parameters only.

`Refused` is about the file: trying again gives the same answer. `ProcessingFailed` is about this
attempt: the machine, the time or the decoder. The sentence that a person reads belongs to the web
layer, which translates the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class RefusalCode(StrEnum):
    """Why a file is not accepted. The parameters of each code stand beside it."""

    EMPTY_FILE = "empty_file"
    NOT_MEDIA = "not_media"  # no container that we know
    PICTURE = "picture"
    PLAYLIST = "playlist"
    UNREADABLE = "unreadable"  # a known container whose inside cannot be read
    UNSUPPORTED_CODEC = "unsupported_codec"  # codec
    NO_AUDIO = "no_audio"
    NO_VIDEO_AND_NO_AUDIO = "no_video_and_no_audio"
    ZERO_LENGTH = "zero_length"  # limit, found: seconds
    TOO_LONG = "too_long"  # limit, found: seconds
    TOO_MANY_PIXELS = "too_many_pixels"  # limit; found when the header tells it
    TOO_MANY_PACKETS = "too_many_packets"  # limit, found
    TOO_MANY_STREAMS = "too_many_streams"  # limit; found when they could be counted


class FailureCode(StrEnum):
    """Why an attempt at processing stopped."""

    TIMEOUT = "timeout"
    RESOURCE_LIMIT = "resource_limit"
    CANCELLED = "cancelled"
    DECODER_FAILED = "decoder_failed"
    DISK_FULL = "disk_full"
    TOOL_MISSING = "tool_missing"


Parameter = int | float | str


class Refused(Exception):  # noqa: N818 - it is a verdict on a file, not a fault of the program
    """The file cannot become a clip, however often one tries."""

    def __init__(self, code: RefusalCode, params: Mapping[str, Parameter] | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.params: Mapping[str, Parameter] = MappingProxyType(dict(params or {}))


class ProcessingFailed(Exception):  # noqa: N818 - the name reads as the event it is
    """An attempt that stopped. `detail` is the tail of stderr, for the log and never for a page."""

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        # The text of the exception is the code alone, so that a page or a job row that prints
        # the exception cannot show server paths.
        super().__init__(code.value)
        self.code = code
        self.detail = detail
