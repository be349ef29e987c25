"""What every engine must do, on the same weights: hear words, place them, and hear nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from media.transcription.port import SAMPLE_RATE, Samples, Transcriber

pytestmark = [
    pytest.mark.engine,
    # openai-whisper reads its token table without closing it; that is not ours to mend.
    pytest.mark.filterwarnings("ignore:unclosed file .*multilingual.tiktoken:ResourceWarning"),
]

MOST_WORDS_WRONG = 0.05
ONSET_SECONDS = 0.3
SENTENCE = "Ik bel u vanmiddag voor vier uur terug."


def error_rate(transcriber: Transcriber, lab: Any, clips: list[Any]) -> float:
    wrong = said = 0
    for clip in clips:
        heard = transcriber.transcribe(clip.audio, language="nl").text
        errors, count = lab.word_errors(clip.text, heard)
        if errors:
            print(f"said:  {clip.text}\nheard: {heard}")  # noqa: T201  # shown when it fails
        wrong, said = wrong + errors, said + count
    print(f"{wrong} of {said} words wrong in {len(clips)} clips: {wrong / said:.4f}")  # noqa: T201  # the same
    return wrong / said


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def noise(seconds: float, dbfs: float) -> Samples:
    rng = np.random.default_rng(3)
    return rng.normal(0, 10 ** (dbfs / 20), round(seconds * SAMPLE_RATE)).astype(np.float32)


@pytest.mark.matrix  # test_what_the_demo_clips_say has some of them
def test_every_sentence_by_an_unseen_voice(transcriber: Transcriber, studio: Any, lab: Any) -> None:
    voices = studio.unseen_voices
    clips = [
        studio.clip((text,), voices[number % len(voices)], seed=number)
        for number, text in enumerate(studio.dutch)
    ]
    assert error_rate(transcriber, lab, clips) <= MOST_WORDS_WRONG


@pytest.mark.matrix
def test_every_sentence_by_every_unseen_voice(
    transcriber: Transcriber, studio: Any, lab: Any
) -> None:
    clips = [
        studio.clip((text,), voice, seed=number, kilobits=(24, 48, 64)[number % 3])
        for voice in studio.unseen_voices
        for number, text in enumerate(studio.dutch)
    ]
    assert error_rate(transcriber, lab, clips) <= MOST_WORDS_WRONG


@pytest.mark.parametrize(
    "whose", [pytest.param("own voice", marks=pytest.mark.matrix), "unseen voice"]
)
def test_what_the_demo_clips_say(
    transcriber: Transcriber, studio: Any, lab: Any, whose: str
) -> None:
    voices = studio.unseen_voices
    clips = [
        studio.clip(
            tuple(clip["sentences"]),
            clip["voice"] if whose == "own voice" else voices[number % len(voices)],
            seed=number,
        )
        for number, clip in enumerate(studio.demo_clips)
    ]
    assert error_rate(transcriber, lab, clips) <= MOST_WORDS_WRONG


def test_the_demos_own_files(transcriber: Transcriber, studio: Any, lab: Any) -> None:
    """The clips as they ship: AAC, levelled, with the voice the demo gave them."""
    folder = lab.root / "lms" / "demo" / "clips"
    wrong = said = 0
    for clip in studio.demo_clips:
        audio = lab.decoded(folder / f"{clip['key']}.mp4")
        heard = transcriber.transcribe(audio, language="nl").text
        errors, count = lab.word_errors(" ".join(clip["sentences"]), heard)
        if errors:
            print(f"{clip['key']}: {heard}")  # noqa: T201  # shown when it fails
        wrong, said = wrong + errors, said + count
    print(f"{wrong} of {said} words wrong")  # noqa: T201  # the same
    assert wrong / said <= MOST_WORDS_WRONG


def long_sentences(studio: Any, seed: int) -> tuple[str, ...]:
    """About 70 seconds of speech, in an order no clip has."""
    order = np.random.default_rng(seed).permutation(len(studio.dutch))[:24]
    return tuple(studio.dutch[i] for i in order)


def test_a_clip_of_more_than_a_minute(transcriber: Transcriber, studio: Any, lab: Any) -> None:
    clips = [
        studio.clip(long_sentences(studio, seed), studio.unseen_voices[seed], seed=seed)
        for seed in (0, 4)
    ]
    assert all(60 <= len(clip.audio) / SAMPLE_RATE <= 90 for clip in clips)
    assert error_rate(transcriber, lab, clips) <= MOST_WORDS_WRONG


def test_segments_start_and_end_with_their_sentences(transcriber: Transcriber, studio: Any) -> None:
    clip = studio.clip(tuple(studio.dutch[:6]), studio.unseen_voices[2], seed=5)
    segments = transcriber.transcribe(clip.audio, language="nl").segments
    assert len(segments) == len(clip.sentences)
    starts = [abs(s.start - true) for s, true in zip(segments, clip.starts, strict=True)]
    ends = [abs(s.end - true) for s, true in zip(segments, clip.ends, strict=True)]
    assert np.median(starts + ends) <= 0.15
    assert max(starts) <= ONSET_SECONDS


@pytest.mark.parametrize("lead", [0.0, 0.4, 1.6, 3.5])
def test_the_first_word_starts_where_speech_starts(
    transcriber: Transcriber, studio: Any, lead: float
) -> None:
    clip = studio.clip((SENTENCE,), studio.unseen_voices[0], lead=lead)
    segment = transcriber.transcribe(clip.audio, language="nl").segments[0]
    assert segment.start == pytest.approx(lead, abs=ONSET_SECONDS)
    assert segment.words[0].start == pytest.approx(lead, abs=ONSET_SECONDS)


def test_the_first_word_after_a_long_silence_too(transcriber: Transcriber, studio: Any) -> None:
    said = studio.say(SENTENCE, studio.unseen_voices[1])
    audio = np.concatenate([silence(0.5), said, silence(5.0), said, silence(0.5)])
    segments = transcriber.transcribe(audio, language="nl").segments
    second = 0.5 + len(said) / SAMPLE_RATE + 5.0
    assert [s.text for s in segments] == [SENTENCE, SENTENCE]
    assert segments[1].start == pytest.approx(second, abs=ONSET_SECONDS)
    assert segments[1].words[0].start == pytest.approx(second, abs=ONSET_SECONDS)


def test_words_follow_each_other_inside_their_segment(
    transcriber: Transcriber, studio: Any
) -> None:
    clip = studio.clip(tuple(studio.dutch[10:14]), studio.unseen_voices[3])
    result = transcriber.transcribe(clip.audio, language="nl")
    for segment in result.segments:
        assert " ".join(word.text for word in segment.words) == segment.text
        edges = [t for word in segment.words for t in (word.start, word.end)]
        assert edges == sorted(edges)
        assert segment.start <= edges[0]
        assert edges[-1] <= segment.end
        assert all(0 <= word.probability <= 1 for word in segment.words)
    plain = [[s.start, s.end, *(w.probability for w in s.words)] for s in result.segments]
    assert json.loads(json.dumps(plain)) == plain


@pytest.mark.parametrize(
    "audio",
    [
        pytest.param(silence(5), id="silence"),
        pytest.param(silence(0.05), id="a moment"),
        pytest.param(silence(0), id="nothing"),
        pytest.param(noise(6, -45), id="soft noise"),
        pytest.param(noise(6, -20), id="loud noise"),
        pytest.param(0.3 * np.sin(np.arange(96_000) * 0.17).astype(np.float32), id="tone"),
    ],
)
def test_no_speech_is_a_state_of_its_own(transcriber: Transcriber, audio: Samples) -> None:
    result = transcriber.transcribe(audio, language="nl")
    assert (result.speech, result.segments, result.text) == (False, (), "")


def test_a_murmur_far_below_speech_is_not_speech(transcriber: Transcriber, studio: Any) -> None:
    clip = studio.clip((SENTENCE,), studio.unseen_voices[0])
    quiet = clip.audio / np.sqrt(np.mean(clip.audio**2)) * 10 ** (-65 / 20)
    assert not transcriber.transcribe(quiet.astype(np.float32), language="nl").speech


def test_a_soft_voice_in_a_noisy_room(transcriber: Transcriber, studio: Any, lab: Any) -> None:
    clip = studio.clip((SENTENCE,), studio.unseen_voices[4])
    level = 20 * np.log10(np.sqrt(np.mean(clip.audio**2)))
    rough = clip.audio * 0.1 + noise(len(clip.audio) / SAMPLE_RATE, level - 20 - 18)
    heard = transcriber.transcribe(rough.astype(np.float32), language="nl").text
    assert lab.words_of(heard) == lab.words_of(SENTENCE)


def test_language_is_heard_when_none_is_given(transcriber: Transcriber, studio: Any) -> None:
    dutch = studio.clip((SENTENCE,), studio.unseen_voices[0])
    assert transcriber.transcribe(dutch.audio, language=None).language == "nl"
    english = studio.clip((studio.english[0],), "en-us+m6")
    result = transcriber.transcribe(english.audio, language=None)
    assert (result.language, result.text) == ("en", studio.english[0])


def test_a_glossary_does_not_get_into_the_text(transcriber: Transcriber, studio: Any) -> None:
    clip = studio.clip((SENTENCE, studio.dutch[3]), studio.unseen_voices[5])
    result = transcriber.transcribe(
        clip.audio, language="nl", glossary=["DigiD", "wandelbila", "Heuvelrijk", "kampvuur"]
    )
    assert result.text == clip.text
    assert result.options["hotwords"] == "DigiD, wandelbila, Heuvelrijk, kampvuur"


def test_the_same_clip_gives_the_same_transcript(transcriber: Transcriber, studio: Any) -> None:
    clip = studio.clip(tuple(studio.dutch[20:23]), studio.unseen_voices[1])
    first = transcriber.transcribe(clip.audio, language="nl")
    assert transcriber.transcribe(clip.audio, language="nl") == first


def test_progress_rises_to_one(transcriber: Transcriber, studio: Any) -> None:
    said = studio.say(SENTENCE, studio.unseen_voices[0])
    audio = np.concatenate([said, silence(4), said, silence(4), said])
    seen: list[float] = []
    transcriber.transcribe(audio, language="nl", on_progress=seen.append)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    assert len(set(seen)) >= 4


def test_the_result_says_what_made_it(transcriber: Transcriber, studio: Any) -> None:
    clip = studio.clip((SENTENCE,), studio.unseen_voices[0])
    result = transcriber.transcribe(clip.audio, language="nl")
    assert result.engine in {"faster", "openai"}
    assert result.model == "demomodel"
    assert result.engine_version[0].isdigit()
    assert result.options["beam_size"] == 5
    assert result.options["condition_on_previous_text"] is False
