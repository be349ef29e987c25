"""The tiny network: openai-whisper's own modules, run so that training can see inside.

The module's forward hides its attention and insists on 30 seconds; both are needed here (guided
attention, short windows first), so the same layers are called in the same order by hand.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional
from whisper.model import ModelDimensions, MultiHeadAttention, Whisper, sinusoids

from .vocabulary import TIMESTAMPS, Vocabulary

STATE, HEADS, LAYERS = 128, 4, 2
LOCAL_OFFSETS = (-4, -1, 1, 4)  # positions of 20 ms where the encoder's heads look at first
LOCAL_SCALE = 1.8


def dimensions(vocabulary_size: int) -> ModelDimensions:
    return ModelDimensions(
        80, 1500, STATE, HEADS, LAYERS, vocabulary_size, 448, STATE, HEADS, LAYERS
    )


def build_network(vocabulary: Vocabulary) -> Whisper:
    """A network with one row per token in use, plus a last row of zeros for all others."""
    model = Whisper(dimensions(len(vocabulary.used) + 1))
    decoder = model.decoder
    with torch.no_grad():
        decoder.positional_embedding.copy_(sinusoids(448, STATE) * 0.1)
        rows = torch.randn(len(vocabulary.used) + 1, STATE) * 0.1
        rows[-TIMESTAMPS - 1 : -1] = sinusoids(TIMESTAMPS, STATE) * 0.15
        rows[-1] = 0.0
        decoder.token_embedding.weight.copy_(rows)
        for block in model.encoder.blocks:
            _look_locally(block.attn)
        # The last cross-attention starts as a copy: encoder output is trained to BE token rows.
        copy = decoder.blocks[-1].cross_attn
        for layer in (copy.query, copy.key, copy.value, copy.out):
            layer.weight.copy_(torch.eye(STATE))
            if layer.bias is not None:
                layer.bias.zero_()
    return model


def _look_locally(attention: MultiHeadAttention) -> None:
    """Each head compares positions by their sinusoids, shifted by its own offset."""
    size = STATE // HEADS
    pairs = torch.arange(0, size, 2)  # every second frequency, from fast to slow
    angle_per_position = torch.exp(-math.log(10_000) / (STATE // 2 - 1) * pairs)
    query, key = torch.zeros(STATE, STATE), torch.zeros(STATE, STATE)
    for head, offset in enumerate(LOCAL_OFFSETS):
        for i, pair in enumerate(pairs.tolist()):
            sine, cosine = head * size + i, head * size + size // 2 + i
            query[sine, pair] = query[cosine, STATE // 2 + pair] = LOCAL_SCALE
            turn = angle_per_position[i] * -offset
            key[sine, pair], key[sine, STATE // 2 + pair] = math.cos(turn), math.sin(turn)
            key[cosine, pair], key[cosine, STATE // 2 + pair] = -math.sin(turn), math.cos(turn)
    attention.query.weight.copy_(query + torch.randn_like(query) * 0.02)
    attention.key.weight.copy_(key * LOCAL_SCALE + torch.randn_like(key) * 0.02)


def _attend(
    attention: MultiHeadAttention, x: Tensor, source: Tensor | None = None, *, causal: bool = False
) -> Tensor:
    query, key, value = _heads(attention, x, source)
    out = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
    return attention.out(out.transpose(1, 2).flatten(2))


def _attend_openly(
    attention: MultiHeadAttention, x: Tensor, source: Tensor
) -> tuple[Tensor, Tensor]:
    """As `_attend`, and the log of the attention (batch, head, token, position)."""
    query, key, value = _heads(attention, x, source)
    log_weights = (query @ key.transpose(-1, -2) / math.sqrt(STATE // HEADS)).log_softmax(-1)
    out = log_weights.exp() @ value
    return attention.out(out.transpose(1, 2).flatten(2)), log_weights


def _heads(
    attention: MultiHeadAttention, x: Tensor, source: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    source = x if source is None else source

    def split(part: Tensor) -> Tensor:
        return part.unflatten(-1, (HEADS, -1)).transpose(1, 2)

    return (
        split(attention.query(x)),
        split(attention.key(source)),
        split(attention.value(source)),
    )


def encode(model: Whisper, mel: Tensor) -> Tensor:
    """From mel (batch, 80, 2n frames) to (batch, n positions, state); n may be less than 1500."""
    encoder = model.encoder
    x = functional.gelu(encoder.conv1(mel))
    x = functional.gelu(encoder.conv2(x)).permute(0, 2, 1)
    x = x + encoder.positional_embedding[: x.shape[1]]
    for block in encoder.blocks:
        x = x + _attend(block.attn, block.attn_ln(x))
        x = x + block.mlp(block.mlp_ln(x))
    return encoder.ln_post(x)


def decode(model: Whisper, tokens: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
    """Dense tokens (batch, n) and encoder output to the last hidden state and log-attention."""
    decoder = model.decoder
    x = decoder.token_embedding(tokens) + decoder.positional_embedding[: tokens.shape[1]]
    log_weights = torch.zeros(0)
    for block in decoder.blocks:
        x = x + _attend(block.attn, block.attn_ln(x), causal=True)
        if block is decoder.blocks[-1]:
            out, log_weights = _attend_openly(block.cross_attn, block.cross_attn_ln(x), heard)
        else:
            out = _attend(block.cross_attn, block.cross_attn_ln(x), heard)
        x = x + out
        x = x + block.mlp(block.mlp_ln(x))
    return decoder.ln(x), log_weights


def log_probabilities(model: Whisper, hidden: Tensor, unused: int) -> Tensor:
    """Over the tokens in use; the `unused` zero rows enter the sum exactly, as one constant."""
    logits = hidden @ model.decoder.token_embedding.weight[:-1].T
    total = torch.logaddexp(
        logits.logsumexp(-1, keepdim=True), torch.tensor(math.log(unused), dtype=logits.dtype)
    )
    return logits - total
