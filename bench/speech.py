"""How well are words heard, invented, timed and read for emotion?

    python bench/speech.py --media DIR [--part asr|invented|emotion]

Words: error rates of `asr_en`, `asr_zh` and `grid_av`, per file and pooled, for the default (language by
the multilingual model, then the English model for English) and for each model alone. Both sides are
normalised by `saber.core.transcripts`: case, punctuation and the way numbers are written don't count;
nothing else is forgiven ("Firefox" for "Fire fox" is two errors). jiwer on the same tokens checks the count.
Emotion of words: cross-validation over the package's own sentences, hand-written lines that were never
fitted, and every fourth line of MELD's training dialogues (Poria et al. 2019), which are only measured on.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saber.core.records import Sound, Span, Transcript
from saber.core.taxonomy import EMOTIONS, Emotion, emotion_from
from saber.core.transcripts import ErrorCount, compare, tokens
from saber.media import open_clip
from saber.perceive.speech import SpeechSettings, perceive_speech
from saber.perceive.speech.emotion import embed, emotions_of, load
from saber.perceive.speech.emotion_fit import fit, plain, read_sayings
from saber.perceive.voice import voice_activity
from saber.weights import locate

LINES = Path(__file__).resolve().parent.parent / "tests" / "perceive" / "speech" / "lines.tsv"
SETS = {"asr_en": "en", "grid_av": "en", "asr_zh": "zh"}
NO_WORDS = (
    "robustness/d27_silent_audio.mp4",
    "robustness/lhotse__big_buck_bunny_small.mp4",
)


@dataclass(frozen=True)
class Clip:
    name: str
    language: str
    reference: str
    sound: Sound
    activity: tuple[Span, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--part", choices=("asr", "invented", "emotion"))
    arguments = parser.parse_args()
    if arguments.part in (None, "asr"):
        words(arguments.media)
    if arguments.part in (None, "invented"):
        invented(arguments.media)
    if arguments.part in (None, "emotion"):
        text_emotion(arguments.media)
    return 0


def words(media: Path) -> None:
    with (media / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["file"].split("/")[0] in SETS]
    clips = []
    for row in rows:
        sound = hear_file(media / row["file"])
        assert sound is not None
        language = SETS[row["file"].split("/")[0]]
        clips.append(Clip(row["file"], language, row["transcript"], sound, voice_activity(sound)))
    options = {
        "default": SpeechSettings(),
        "base for all": SpeechSettings(model=str(locate("speech_recognition").path)),
        "tiny.en for all": SpeechSettings(model=str(locate("speech_recognition_en").path)),
    }
    print("## Words, per file (default)\n")
    print("| file | said | heard | language (prob) | errors / tokens | confidence | s / s |")
    print("|---|---|---|---|---|---|---|")
    pooled: dict[tuple[str, str], tuple[ErrorCount, float, float, float]] = {}
    heard: list[tuple[Clip, Transcript]] = []
    for option, settings in options.items():
        perceive_speech(clips[0].sound, clips[0].activity, settings)
        perceive_speech(clips[-1].sound, clips[-1].activity, settings)
        for clip in clips:
            if option == "tiny.en for all" and clip.language != "en":
                continue
            began = time.perf_counter()
            transcript = perceive_speech(clip.sound, clip.activity, settings).transcript
            seconds = time.perf_counter() - began
            text = transcript.text if transcript else ""
            count = compare(clip.reference, text, clip.language)
            key = (clip.name.split("/")[0], option)
            before = pooled.get(key, (ErrorCount(0, 0, 0, 0), 0.0, 0.0, 0.0))
            pooled[key] = (
                before[0] + count,
                before[1] + seconds,
                before[2] + clip.sound.duration_s,
                before[3] + jiwer_errors(clip, text),
            )
            if option == "default":
                if transcript:
                    heard.append((clip, transcript))
                said = f"{transcript.language} ({transcript.language_prob:.2f})" if transcript else "-"
                sure = f"{transcript.confidence:.2f}" if transcript else "-"
                print(
                    f"| {clip.name} | {clip.reference[:60]} | {text[:60]} | {said} "
                    f"| {count.errors} / {count.reference_length} | {sure} "
                    f"| {seconds / clip.sound.duration_s:.2f} |"
                )
    print("\n## Error rate: words (asr_en, grid_av), characters (asr_zh)\n")
    print("| set | models | error rate | by jiwer | tokens | files | seconds per second of sound |")
    print("|---|---|---|---|---|---|---|")
    for (group, option), (total, seconds, length, by_jiwer) in pooled.items():
        files = sum(c.name.startswith(group) for c in clips)
        print(
            f"| {group} | {option} | {total.rate:.3f} | {by_jiwer / total.reference_length:.3f} "
            f"| {total.reference_length} | {files} | {seconds / length:.2f} |"
        )
    word_times(heard)


def jiwer_errors(clip: Clip, text: str) -> float:
    """Errors by jiwer over the same tokens, in the reading of numbers that suits best."""
    import jiwer

    counts = []
    for style in ("cardinal", "year", "digits"):
        hypothesis = " ".join(tokens(text, clip.language, style))
        output = jiwer.process_words(" ".join(tokens(clip.reference, clip.language)), hypothesis)
        counts.append(output.substitutions + output.deletions + output.insertions)
    return float(min(counts))


def word_times(heard: Sequence[tuple[Clip, Transcript]]) -> None:
    """Are the times plausible: in order, and inside voice activity?"""
    count = inside = ordered = 0
    for clip, transcript in heard:
        last = 0.0
        for word in transcript.words:
            middle = (word.start_s + word.end_s) / 2
            count += 1
            inside += any(s.start_s - 0.1 <= middle <= s.end_s + 0.1 for s in clip.activity)
            ordered += word.start_s >= last - 1e-6
            last = word.start_s
    print("\n## Word times\n")
    print("| words | middle inside voice activity +-0.1 s | starts not before the word before |")
    print("|---|---|---|")
    print(f"| {count} | {inside / count:.3f} | {ordered / count:.3f} |")
    right = sum(t.language == c.language for c, t in heard)
    print(f"\nLanguage right in {right} of {len(heard)} files.\n")


def invented(media: Path) -> None:
    """Words where nobody speaks. `all taken for voice` hides from SABER that there is no voice."""
    print("## Words where nobody speaks\n")
    print("| sound | s | as it is | all taken for voice |")
    print("|---|---|---|---|")
    for name, sound in not_speech(media):
        everything = (Span(start_s=sound.start_s, end_s=sound.end_s),)
        answers = []
        for activity in (voice_activity(sound), everything):
            result = perceive_speech(sound, activity, SpeechSettings())
            answers.append(
                f'"{result.transcript.text}"'
                if result.transcript
                else f"none ({result.perception.absent_reason})"
            )
        print(f"| {name} | {sound.duration_s:.1f} | {answers[0]} | {answers[1]} |")
    print()


def not_speech(media: Path) -> Iterator[tuple[str, Sound]]:
    rate = 16_000
    rng = np.random.default_rng(0)
    t = np.arange(8 * rate) / rate
    chord = sum(np.sin(2 * np.pi * f * t) for f in (261.6, 329.6, 392.0)) * np.exp(-4 * (t % 0.5)) * 0.1
    made = {
        "silence": np.zeros(len(t)),
        "white noise": 0.1 * rng.standard_normal(len(t)),
        "noise swelling 4 times a second": 0.1 * rng.standard_normal(len(t)) * (1 + np.sin(8 * np.pi * t)),
        "tone of 440 Hz": 0.3 * np.sin(2 * np.pi * 440 * t),
        "chords": chord,
        "buzz of 120 Hz": sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 30)) * 0.1,
    }
    for name, samples in made.items():
        yield name, Sound(np.asarray(samples, np.float32))
    for name in NO_WORDS:
        sound = hear_file(media / name)
        if sound is not None:
            yield name, sound


def hear_file(path: Path) -> Sound | None:
    with open_clip(path) as reader:
        return reader.sound


def text_emotion(media: Path) -> None:
    print("## Emotion of the words alone (7 emotions, chance 0.143)\n")
    print("| on | n | right | recall, unweighted | log-loss | calibration error |")
    print("|---|---|---|---|---|---|")
    sayings = read_sayings()
    languages = np.array([language for _, language, _ in sayings])
    truth = np.array([EMOTIONS.index(e) for e, _, _ in sayings])
    crossed = cross_validated([s for _, _, s in sayings], truth)
    for language in ("en", "zh"):
        where = languages == language
        row(f"own sentences, 5-fold, {language}", crossed[where], truth[where])
    model = load()
    lines = [line.split("\t") for line in LINES.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    probs = matrix(emotions_of([line[3] for line in lines], model))
    truth = np.array([EMOTIONS.index(Emotion(line[0])) for line in lines])
    for language in ("en", "zh"):
        for kind, name in (("word", "with emotion words"), ("implied", "implied"), ("plain", "neutral")):
            where = np.array([line[1] == language and line[2] == kind for line in lines])
            row(f"hand-written lines, {language}, {name}", probs[where], truth[where])
    with (media / "annotations/meld/train_sent_emo.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::4]
    truth = np.array([index_of(r["Emotion"]) for r in rows])
    probs = matrix(emotions_of([r["Utterance"] for r in rows], model))
    row("MELD dialogues, en", probs, truth)
    row("MELD, where it is said (p >= 0.5)", probs[probs.max(1) >= 0.5], truth[probs.max(1) >= 0.5])
    print("\n| MELD | " + " | ".join(EMOTIONS) + " |\n|---|" + "---|" * len(EMOTIONS))
    recalls = [float((probs[truth == i].argmax(1) == i).mean()) for i in range(len(EMOTIONS))]
    print("| recall | " + " | ".join(f"{r:.2f}" for r in recalls) + " |")
    print("| n | " + " | ".join(str(int((truth == i).sum())) for i in range(len(EMOTIONS))) + " |\n")


def cross_validated(sentences: Sequence[str], truth: NDArray[np.intp]) -> NDArray[np.float64]:
    written, bare = embed(sentences), embed([plain(s) for s in sentences])
    fold = np.random.default_rng(0).permutation(len(sentences)) % 5
    probs = np.zeros((len(sentences), len(EMOTIONS)))
    for i in range(5):
        rest = fold != i
        weights, biases = fit(
            np.vstack([written[rest], bare[rest]]), np.concatenate([truth[rest], truth[rest]])
        )
        logits = written[~rest] @ weights.T + biases
        probs[~rest] = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return probs


def matrix(found: Sequence[dict[Emotion, float]]) -> NDArray[np.float64]:
    return np.array([[probs[e] for e in EMOTIONS] for probs in found])


def index_of(label: str) -> int:
    emotion = emotion_from(label)
    assert emotion is not None
    return EMOTIONS.index(emotion)


def row(name: str, probs: NDArray[np.float64], truth: NDArray[np.intp]) -> None:
    guess, sure = probs.argmax(1), probs.max(1)
    right = guess == truth
    present = [i for i in range(len(EMOTIONS)) if (truth == i).any()]
    recall = np.mean([right[truth == i].mean() for i in present])
    loss = -np.log(probs[np.arange(len(truth)), truth]).mean()
    # Expected calibration error over ten bins of confidence (Guo et al. 2017).
    bins = np.minimum((sure * 10).astype(int), 9)
    gap = sum(
        abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)
    )
    print(f"| {name} | {len(truth)} | {right.mean():.2f} | {recall:.2f} | {loss:.2f} | {gap:.2f} |")


if __name__ == "__main__":
    raise SystemExit(main())
