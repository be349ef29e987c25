"""From a training checkpoint to the one file that is committed.

An uncompressed npz (numpy's own format, read without pickle) inside xz: float16, under
openai-whisper's own names, and of the token table only the rows in use with their numbers.
"""

from __future__ import annotations

import io
import itertools
import lzma
from dataclasses import asdict
from pathlib import Path

import numpy as np
from whisper.model import Whisper

from .network import dimensions
from .vocabulary import VOCABULARY_SIZE, Vocabulary

TOKEN_TABLE = "decoder.token_embedding.weight"  # noqa: S105  # a weight's name


def write_weights(model: Whisper, vocabulary: Vocabulary, out: Path) -> int:
    """Writes `out` whole or not at all; returns its size in bytes."""
    arrays = {
        name: tensor.detach().numpy().astype(np.float16)
        for name, tensor in model.state_dict().items()
        if name not in {TOKEN_TABLE, "encoder.positional_embedding"}
    }
    rows = model.decoder.token_embedding.weight[:-1]
    arrays["token_rows"] = rows.detach().numpy().astype(np.float16)
    arrays["token_numbers"] = np.array(vocabulary.used, np.uint16)
    sizes = asdict(dimensions(VOCABULARY_SIZE))
    arrays["dims"] = np.array(list(sizes.values()), np.uint32)
    return _write_packed(arrays, out)


def write_vocabulary(vocabulary: Vocabulary, out: Path) -> int:
    """Whisper's own byte-pair table, as an npz inside xz; returns its size in bytes.

    From it a tokenizer file can be written where openai-whisper is not installed. Of every
    token it holds the bytes, and where the merge that made it stands.
    """
    encoding = vocabulary.tokenizer.encoding
    count = encoding.eot_token
    tokens = [encoding.decode_single_token_bytes(number) for number in range(count)]
    ranks = {token: number for number, token in enumerate(tokens)}
    specials = sorted(encoding.special_tokens_set, key=encoding.encode_single_token)
    arrays = {
        "bytes": np.frombuffer(b"".join(tokens), np.uint8),
        "lengths": np.array([len(token) for token in tokens], np.uint8),
        "splits": np.array([_merge_split(token, ranks) for token in tokens], np.uint8),
        "specials": np.frombuffer("\n".join(specials).encode(), np.uint8),
        "languages": np.array(vocabulary.tokenizer.all_language_tokens, np.uint16),
        "not_speech": np.array(vocabulary.tokenizer.non_speech_tokens, np.uint16),
    }
    return _write_packed(arrays, out)


def _merge_split(token: bytes, ranks: dict[bytes, int]) -> int:
    """Length of the left part of the merge that makes `token`; 0 for a single byte.

    The merge is what is left when only merges older than the token itself are applied.
    """
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        pairs = [ranks.get(a + b, len(ranks)) for a, b in itertools.pairwise(parts)]
        best = min(range(len(pairs)), key=pairs.__getitem__)
        if pairs[best] >= ranks[token]:
            raise ValueError(f"no merge makes {token!r}")
        parts[best : best + 2] = [parts[best] + parts[best + 1]]
    return len(parts[0]) if len(parts) == 2 else 0


def _write_packed(arrays: dict[str, np.ndarray], out: Path) -> int:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # names are the caller's
    packed = lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME)
    half = out.with_suffix(".half")
    half.write_bytes(packed)
    half.replace(out)
    return len(packed)
