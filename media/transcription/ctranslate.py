"""Writes a Whisper network as a CTranslate2 directory, which is what faster-whisper loads.

Only numpy and ctranslate2 are needed. The directory holds everything the engine looks for:
without tokenizer.json faster-whisper would go and download one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media.transcription.vocabulary import token_table, tokenizer_json

Arrays = dict[str, NDArray[np.float32]]
CONTROLS = (
    *("<|startoftranscript|>", "<|translate|>", "<|transcribe|>"),
    *("<|startoflm|>", "<|startofprev|>", "<|nospeech|>"),
)
SPACE_TOKEN = 220  # a text never starts with a lone space


@dataclass(frozen=True, slots=True)
class Dimensions:
    """As openai-whisper's ModelDimensions, in its order."""

    n_mels: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_vocab: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int


def write_directory(weights: Arrays, sizes: Dimensions, folder: Path) -> None:
    """`weights` under openai-whisper's names, float32; `folder` exists and is empty."""
    spec = _spec(weights, sizes)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    (folder / "tokenizer.json").write_text(tokenizer_json(), encoding="utf-8")
    features = {"feature_size": sizes.n_mels, "sampling_rate": 16000, "hop_length": 160}
    features |= {"chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features), encoding="utf-8")


def _spec(weights: Arrays, sizes: Dimensions) -> Any:  # noqa: ANN401  # ctranslate2 ships no types
    from ctranslate2.specs import whisper_spec  # noqa: PLC0415  # lazy: only workers have it

    spec = whisper_spec.WhisperSpec(
        sizes.n_audio_layer, sizes.n_audio_head, sizes.n_text_layer, sizes.n_text_head
    )
    encoder, decoder = spec.encoder, spec.decoder
    for name in ("conv1", "conv2"):
        _fill(getattr(encoder, name), weights, f"encoder.{name}")
    encoder.position_encodings.encodings = weights["encoder.positional_embedding"]
    _fill_norm(encoder.layer_norm, weights, "encoder.ln_post")
    decoder.embeddings.weight = weights["decoder.token_embedding.weight"]
    decoder.projection.weight = weights["decoder.token_embedding.weight"]
    decoder.position_encodings.encodings = weights["decoder.positional_embedding"]
    _fill_norm(decoder.layer_norm, weights, "decoder.ln")
    for side, layers in (("encoder", encoder.layer), ("decoder", decoder.layer)):
        for number, layer in enumerate(layers):
            _fill_layer(layer, weights, f"{side}.blocks.{number}", decoder=side == "decoder")
    _configure(spec, sizes)
    return spec


def _fill_layer(layer: Any, weights: Arrays, name: str, *, decoder: bool) -> None:  # noqa: ANN401  # as above
    own = [_linear(weights, f"{name}.attn.{part}") for part in ("query", "key", "value")]
    _join(layer.self_attention.linear[0], own)
    _fill(layer.self_attention.linear[1], weights, f"{name}.attn.out")
    _fill_norm(layer.self_attention.layer_norm, weights, f"{name}.attn_ln")
    if decoder:
        cross = layer.attention
        _fill(cross.linear[0], weights, f"{name}.cross_attn.query")
        heard = [_linear(weights, f"{name}.cross_attn.{part}") for part in ("key", "value")]
        _join(cross.linear[1], heard)
        _fill(cross.linear[2], weights, f"{name}.cross_attn.out")
        _fill_norm(cross.layer_norm, weights, f"{name}.cross_attn_ln")
    _fill(layer.ffn.linear_0, weights, f"{name}.mlp.0")
    _fill(layer.ffn.linear_1, weights, f"{name}.mlp.2")
    _fill_norm(layer.ffn.layer_norm, weights, f"{name}.mlp_ln")


def _linear(weights: Arrays, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight and bias; Whisper's key projection has no bias, which is a bias of zeros."""
    weight = weights[f"{name}.weight"]
    return weight, weights.get(f"{name}.bias", np.zeros(len(weight), np.float32))


def _join(
    target: Any,  # noqa: ANN401  # as above
    parts: list[tuple[NDArray[np.float32], NDArray[np.float32]]],
) -> None:
    target.weight = np.concatenate([weight for weight, _ in parts])
    target.bias = np.concatenate([bias for _, bias in parts])


def _fill(target: Any, weights: Arrays, name: str) -> None:  # noqa: ANN401  # as above
    target.weight, target.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _fill_norm(target: Any, weights: Arrays, name: str) -> None:  # noqa: ANN401  # as above
    target.gamma, target.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _configure(spec: Any, sizes: Dimensions) -> None:  # noqa: ANN401  # as above
    """Languages and alignment heads must be named, or detection and word times do not work."""
    table = token_table()
    spec.register_vocabulary([*table.texts, *table.specials])
    config = spec.config
    config.lang_ids = list(table.languages)
    config.suppress_ids = sorted({*table.not_speech, *map(table.number, CONTROLS)})
    config.suppress_ids_begin = [SPACE_TOKEN, table.number("<|endoftext|>")]
    last_half = range(sizes.n_text_layer // 2, sizes.n_text_layer)
    config.alignment_heads = [list(pair) for pair in product(last_half, range(sizes.n_text_head))]
