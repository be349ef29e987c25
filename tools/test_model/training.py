"""The training loop: three losses, short windows first, saved every minute.

Cross-entropy alone does not get a network of this size to listen: it learns which sentences
exist and says one of them. Two helpers break that: a frame loss (the encoder must say which
token each 20 ms holds) and guided attention (the decoder must look where its next token is).
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from whisper.model import Whisper

from .network import decode, encode, log_probabilities
from .vocabulary import TIMESTAMPS, Vocabulary
from .windows import NOT_A_TARGET, POSITION_SECONDS, Stage, Window, WindowMaker

STAGES = (
    Stage(seconds=5, batch=24, steps=850, rate=2e-3, sentences=1, fill=0.0),
    Stage(seconds=10, batch=14, steps=600, rate=1.6e-3, sentences=3, fill=0.3),
    Stage(seconds=30, batch=5, steps=1000, rate=1.4e-3, sentences=5, fill=0.5),
)
WARM_UP_STEPS = 60
ATTENTION_WIDTH_SECONDS = 0.08
SAVE_EVERY_SECONDS = 60
BUSY_LOAD = 0.9  # others' load above which one thread is faster than two that wait for each other


@dataclass
class Progress:
    """How far training is; saved with the weights, so that a stop loses at most a minute."""

    stage: int = 0
    step: int = 0
    seconds: float = 0.0


class Trainer:
    def __init__(
        self, model: Whisper, vocabulary: Vocabulary, maker: WindowMaker, checkpoint: Path
    ) -> None:
        self.model, self.vocabulary = model, vocabulary
        self.progress = Progress()
        self._maker, self._checkpoint = maker, checkpoint
        self._optimizer = torch.optim.AdamW(
            model.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01
        )

    def resume(self) -> None:
        """Go on where the checkpoint stopped. The windows differ: only their seed is kept."""
        saved = torch.load(self._checkpoint, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self._optimizer.load_state_dict(saved["optimizer"])
        self.progress = Progress(**saved["progress"])

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "progress": vars(self.progress),
        }
        half = self._checkpoint.with_suffix(".half")
        torch.save(state, half)
        half.replace(self._checkpoint)

    def run(self, minutes: float) -> None:
        """Train to the end of the stages, or until `minutes` in all are used."""
        saved_at = time.monotonic()
        while self.progress.stage < len(STAGES) and self.progress.seconds < minutes * 60:
            began = time.monotonic()
            losses = self._step(STAGES[self.progress.stage])
            self.progress.seconds += time.monotonic() - began
            self._advance(losses)
            if time.monotonic() - saved_at > SAVE_EVERY_SECONDS:
                self.save()
                saved_at = time.monotonic()
        self.save()

    def _advance(self, losses: tuple[float, float, float]) -> None:
        progress = self.progress
        if progress.step % 25 == 0:
            others = os.getloadavg()[0] - torch.get_num_threads()
            torch.set_num_threads(1 if others > BUSY_LOAD else 2)
            words, frames, attention = losses
            print(
                f"stage {progress.stage + 1} step {progress.step} {progress.seconds / 60:.1f} min"
                f" words {words:.3f} frames {frames:.3f} attention {attention:.3f}",
                flush=True,
            )
        progress.step += 1
        if progress.step >= STAGES[progress.stage].steps:
            progress.stage, progress.step = progress.stage + 1, 0

    def _step(self, stage: Stage) -> tuple[float, float, float]:
        for group in self._optimizer.param_groups:
            group["lr"] = stage.rate * self._rate_now(stage)
        windows = [self._maker.make(stage) for _ in range(stage.batch)]
        words, frames, attention = self._losses(windows)
        help_weight = 1.0 if self.progress.stage == 0 else 0.5
        loss = words + help_weight * frames + 0.3 * help_weight * attention
        self._optimizer.zero_grad()
        loss.backward()
        rows = self.model.decoder.token_embedding.weight
        if rows.grad is not None:
            rows.grad[-1] = 0.0  # the row of unknown tokens stays zero
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self._optimizer.step()
        return words.item(), frames.item(), attention.item()

    def _rate_now(self, stage: Stage) -> float:
        step = self.progress.step
        return min(1.0, (step + 1) / WARM_UP_STEPS) * (
            0.04 + 0.96 * (1 + math.cos(math.pi * step / stage.steps)) / 2
        )

    def _losses(self, windows: list[Window]) -> tuple[Tensor, Tensor, Tensor]:
        mel = torch.from_numpy(np.stack([w.mel for w in windows]))
        tokens, targets, times = _padded(windows, self.vocabulary.special("endoftext"))
        heard = encode(self.model, mel)
        hidden, log_weights = decode(self.model, tokens, heard)
        unused = self.vocabulary.unused_count
        log_p = log_probabilities(self.model, hidden, unused)
        words = functional.nll_loss(
            log_p.flatten(0, 1), targets.flatten(), ignore_index=NOT_A_TARGET
        )
        frame_targets = torch.from_numpy(np.stack([w.frames for w in windows]))
        # Timestamps are never what a frame holds; leaving their rows out saves a third of the time.
        rows = self.model.decoder.token_embedding.weight[: -TIMESTAMPS - 1]
        frame_p = (heard @ rows.T).log_softmax(-1)
        frames = functional.nll_loss(frame_p.flatten(0, 1), frame_targets.flatten())
        return words, frames, _guide(log_weights, times)


def _padded(windows: list[Window], filler: int) -> tuple[Tensor, Tensor, Tensor]:
    longest = max(len(w.tokens) for w in windows)
    tokens = torch.full((len(windows), longest), filler)
    targets = torch.full((len(windows), longest), NOT_A_TARGET)
    times = torch.full((len(windows), longest), -1.0)
    for i, w in enumerate(windows):
        tokens[i, : len(w.tokens)] = torch.tensor(w.tokens)
        targets[i, : len(w.targets)] = torch.tensor(w.targets)
        times[i, : len(w.times)] = torch.tensor(w.times)
    return tokens, targets, times


def _guide(log_weights: Tensor, times: Tensor) -> Tensor:
    """How far attention is from a bell around the moment the next token is heard."""
    where = torch.arange(log_weights.shape[-1]) * POSITION_SECONDS
    bell = torch.exp(-(((where - times[..., None]) / ATTENTION_WIDTH_SECONDS) ** 2) / 2)
    bell = bell / bell.sum(-1, keepdim=True).clamp_min(1e-6)
    distance = -(bell[:, None] * log_weights).sum(-1)
    guided = (times >= 0)[:, None].expand_as(distance)
    return distance[guided].mean() if bool(guided.any()) else distance.sum() * 0.0
