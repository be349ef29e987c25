"""Trains the tiny Whisper of the tests and the demo: `python tools/make_test_model.py --out FILE`.

What it is: a real Whisper network (2+2 layers, state 128, full vocabulary) that both engines
load and run like any other model. What it is not: a speech recogniser. It knows the sentences
of lms/demo/clips.toml and tools/test_model_sentences.toml, spoken by espeak-ng, and nothing
else; whatever one says to it, it answers with one of those. It proves that recording, decoding,
timing and reading back work. It says nothing about how well Whisper understands Dutch, and is
never offered to users as a model; the demo shows it as "demomodel".

Needs openai-whisper (with torch), scipy, and the programs espeak-ng and ffmpeg: about 25 minutes
on two idle cores (the committed file took 66 on busy ones, with stops and `--resume`, so a run in
one go gives another file of the same kind). `--work` keeps the spoken corpus and a checkpoint,
saved every minute. Six voices are never trained on: corpus.HELD_OUT, for the tests.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from test_model import corpus, features, windows  # noqa: E402  # the path is set above
from test_model.export import write_weights  # noqa: E402  # the same
from test_model.network import build_network  # noqa: E402  # the same
from test_model.training import Trainer  # noqa: E402  # the same
from test_model.vocabulary import Vocabulary, build_vocabulary  # noqa: E402  # the same

CLIPS = ROOT / "lms" / "demo" / "clips.toml"
OTHERS = ROOT / "tools" / "test_model_sentences.toml"
SEED = 20_260


def main() -> None:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    sentences = corpus.read_sentences(CLIPS, OTHERS)
    vocabulary = build_vocabulary([s.text for s in sentences])
    model = build_network(vocabulary)
    checkpoint = options.work / "training.pt"
    if options.export_only:
        trainer = Trainer(model, vocabulary, windows.WindowMaker([], vocabulary, 0), checkpoint)
        trainer.resume()
    else:
        takes = _spoken(sentences, vocabulary, options.work / "takes.npz")
        resumed = time.time_ns() if options.resume else SEED
        trainer = Trainer(
            model, vocabulary, windows.WindowMaker(takes, vocabulary, resumed), checkpoint
        )
        if options.resume:
            trainer.resume()
        trainer.run(options.minutes)
    size = write_weights(trainer.model, vocabulary, options.out)
    print(f"{options.out}: {size / 1e6:.2f} MB, {len(sentences)} sentences")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "test-model")
    parser.add_argument("--minutes", type=float, default=90.0, help="stop training after these")
    parser.add_argument("--resume", action="store_true", help="go on from the saved checkpoint")
    parser.add_argument("--export-only", action="store_true", help="write the last checkpoint")
    return parser.parse_args()


def _spoken(
    sentences: list[corpus.Sentence], vocabulary: Vocabulary, cache: Path
) -> list[features.Spoken]:
    voices = corpus.train_voices(CLIPS)
    names = [voice for group in voices.values() for voice in group]
    if not cache.exists():
        print("speaking the sentences", flush=True)
        takes = corpus.record_takes(sentences, voices, takes=2, seed=SEED)
        half = cache.with_suffix(".half.npz")
        np.savez(
            half,
            audio=np.concatenate([(t.audio * 32767).astype(np.int16) for t in takes]),
            lengths=[len(t.audio) for t in takes],
            sentences=[sentences.index(t.sentence) for t in takes],
            voices=[names.index(t.voice) for t in takes],
        )
        half.replace(cache)
    with np.load(cache, allow_pickle=False) as saved:
        pieces = np.split(saved["audio"], np.cumsum(saved["lengths"])[:-1])
        numbers, speakers = saved["sentences"].tolist(), saved["voices"].tolist()
    result = []
    for audio, number, voice in zip(pieces, numbers, speakers, strict=True):
        sentence = sentences[number]
        take = corpus.Take(sentence, names[voice], audio.astype(np.float32) / 32768)
        tokens, letters = vocabulary.encode(sentence.text), vocabulary.letters(sentence.text)
        result.append(
            features.spoken(take, sentence=number, voice=voice, tokens=tokens, letters=letters)
        )
    return result


if __name__ == "__main__":
    main()
