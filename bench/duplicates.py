"""Which near-duplicates are found, which clips are taken for one wrongly, and what does it cost at 600,000?

    python bench/duplicates.py --media DIR [--clips 600000] [--without sound picture scale]

sound     RAVDESS: copies of a recording (encoded again, quieter, trimmed, ...) against every other recording
          of the same actor, in the same studio, half of them of the same sentence, some in the same emotion.
          Actors 1 to 6 are those that the hash and the limits were chosen on; 7 to 12 were held out.
picture   GRID and faces: copies of a clip (encoded again, half the size, lighter, trimmed) against another
          moment of the same clip: the same person before the same wall.
both      What `DuplicatesStage` decides of clips whose picture is GRID's and whose sound is RAVDESS's.
scale     Fingerprints drawn by chance, 1 % of the clips copies with one bit in twenty wrong, pictures of a
          thousand studios: seconds, memory and bytes a clip. The peer: comparing each with each, which is
          timed on a thousand clips and would take so much longer at this size.

A miss is a copy that is not told; a false alarm is another recording that is told for a copy.
"""

from __future__ import annotations

import argparse
import io
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from saber.clean import DuplicatesSettings, DuplicatesStage
from saber.clean.nearness import Prints, alignment_distance, candidates, compare
from saber.clean.sound_print import sound_hashes
from saber.clean.watching import PICTURES, Watch
from saber.core.dataset import Clip, Fingerprints
from saber.core.records import ClipInfo, Sound
from saber.flow import Drop, Item, Tools
from saber.media import MediaSettings, open_clip

RATE_HZ = 16_000
Samples = NDArray[np.float32]
Pictures = list[NDArray[np.uint8]]
LIMITS = DuplicatesSettings()


def coded(samples: Samples, codec: str, bits_s: int, container: str) -> Samples:
    """The samples after an encoder and a decoder, with whatever delay they add."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        stream = cast("av.AudioStream", out.add_stream(codec, rate=RATE_HZ, layout="mono"))
        stream.bit_rate = bits_s
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), "flt", "mono")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, "mono", RATE_HZ, frame_size=context.frame_size)
        for piece in (frame, None):
            for part in resampler.resample(piece):
                out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    target.seek(0)
    resampler, pieces = av.AudioResampler("flt", "mono", RATE_HZ), []
    with av.open(target, "r") as back:
        for decoded in back.decode(audio=0):
            decoded.pts = None
            pieces += [part.to_ndarray().ravel() for part in resampler.resample(decoded)]
    pieces += [part.to_ndarray().ravel() for part in resampler.resample(None)]
    return np.asarray(np.concatenate(pieces), np.float32)


def trimmed(samples: Samples, draw: np.random.Generator) -> Samples:
    first, last = (int(draw.uniform(0.02, 0.4) * RATE_HZ) for _ in range(2))
    return samples[first:-last]


def slower(samples: Samples) -> Samples:
    times = np.arange(0, len(samples) - 1, 0.99)
    return np.asarray(np.interp(times, np.arange(len(samples)), samples), np.float32)


def noisy(samples: Samples, draw: np.random.Generator) -> Samples:
    loud = float(np.sqrt(np.mean(np.sort(samples**2)[-len(samples) // 3 :])))
    noise = draw.standard_normal(len(samples)).astype(np.float32) * loud * 10 ** (-15 / 20)
    return np.asarray(samples + noise, np.float32)


SOUND_COPIES: dict[str, Callable[[Samples, np.random.Generator], Samples]] = {
    "AAC 48 kbit/s": lambda s, _: coded(s, "aac", 48_000, "adts"),
    "MP3 32 kbit/s": lambda s, _: coded(s, "libmp3lame", 32_000, "mp3"),
    "Opus 24 kbit/s": lambda s, _: coded(s, "libopus", 24_000, "ogg"),
    "14 dB quieter": lambda s, _: s * np.float32(0.2),
    "clipped at a third": lambda s, _: np.clip(s * (3 / np.abs(s).max()), -1, 1).astype(np.float32),
    "trimmed up to 0.4 s": trimmed,
    "trimmed, MP3 32": lambda s, draw: coded(trimmed(s, draw), "libmp3lame", 32_000, "mp3"),
    "noise at 15 dB": noisy,
    "1 % slower": lambda s, _: slower(s),
}


def hashes(samples: Samples) -> NDArray[np.uint64]:
    return as_numbers(sound_hashes(Sound(np.clip(samples, -1, 1).astype(np.float32))))


def as_numbers(found: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([int(h, 16) for h in found], np.uint64)


def sound_of(path: Path) -> Samples:
    with open_clip(path) as clip:
        assert clip.sound is not None
        return clip.sound.samples


def sounds(media: Path) -> None:
    limit = LIMITS.max_sound_distance
    print(f"Sound, limit {limit}: distance of copies (median, 95 %, most) and misses")
    for name, actors in (("chosen on, actors 1-6", range(1, 7)), ("held out, actors 7-12", range(7, 13))):
        draw = np.random.default_rng(0)
        copies: dict[str, list[float]] = {what: [] for what in SOUND_COPIES}
        others: list[float] = []
        same: list[str] = []
        for actor in actors:
            paths = sorted((media / "ravdess_audio16k" / f"Actor_{actor:02d}").iterdir())
            recordings = [sound_of(path) for path in paths]
            prints = [hashes(samples) for samples in recordings]
            for first in range(len(prints)):
                for k in range(first):
                    if np.array_equal(recordings[first], recordings[k]):
                        same.append(f"{paths[k].stem} = {paths[first].stem}")
                    else:
                        others.append(alignment_distance(prints[first], prints[k]))
            for samples, own in list(zip(recordings, prints, strict=True))[::6]:
                for what, change in SOUND_COPIES.items():
                    copies[what].append(alignment_distance(own, hashes(change(samples, draw))))
        print(f"\n  {name}")
        for what, found in copies.items():
            print(f"    {what:22} {spread(found)}   misses {share(found, limit, above=True)}")
        print(
            f"    others, same actor     least {min(others):.3f}, 0.1 % {np.quantile(others, 0.001):.3f}, "
            f"median {np.median(others):.3f}   false alarms {share(others, limit, above=False)}",
            flush=True,
        )
        if same:
            print(f"    left out, since sample for sample the same in the corpus: {', '.join(same)}")


def spread(found: list[float]) -> str:
    return f"{np.median(found):.3f} {np.quantile(found, 0.95):.3f} {max(found):.3f}"


def share(found: list[float], limit: float, *, above: bool) -> str:
    count = sum((d > limit) == above for d in found)
    return f"{count} of {len(found)}"


def pictures_of(path: Path) -> Pictures:
    with open_clip(path, MediaSettings(fps=25.0, max_side_px=640, sound=False)) as clip:
        return [frame.rgb for frame in clip.frames()]


def written(
    path: Path, pictures: Pictures, *, size: float = 1.0, bits_s: int = 800_000, gain: float = 1.0
) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=25)
        height, width = pictures[0].shape[:2]
        stream.width, stream.height = round(width * size / 2) * 2, round(height * size / 2) * 2
        stream.pix_fmt, stream.bit_rate = "yuv420p", bits_s
        for picture in pictures:
            lit = np.clip(picture.astype(np.float32) * gain, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(lit, format="rgb24")
            out.mux(stream.encode(frame.reformat(stream.width, stream.height, "yuv420p")))
        out.mux(stream.encode(None))
    return path


def seen(path: Path) -> tuple[str, ...]:
    watch = Watch()
    with open_clip(path, PICTURES) as clip:
        for frame in clip.frames():
            watch.see(frame)
    return watch.hashes


PICTURE_COPIES: dict[str, Callable[[Path, Pictures], Path]] = {
    "encoded again": lambda p, f: written(p, f),
    "a tenth of the bits": lambda p, f: written(p, f, bits_s=80_000),
    "half the size": lambda p, f: written(p, f, size=0.5),
    "a third lighter": lambda p, f: written(p, f, gain=1.33),
    "0.4 s trimmed": lambda p, f: written(p, f[10:]),
}


def pictures(media: Path) -> None:
    both, alone = LIMITS.max_picture_distance, 0.0
    print(f"\nPicture, limit {both} with sound; without sound it decides nothing: at {alone} it would do so")
    copies: dict[str, list[float]] = {what: [] for what in PICTURE_COPIES}
    other_moment: list[float] = []
    other_person: list[float] = []
    all_seen = []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "copy.mp4"
        for path in clips_with_faces(media):
            frames = pictures_of(path)
            own = as_numbers(seen(path))
            all_seen.append(own)
            for what, change in PICTURE_COPIES.items():
                copies[what].append(alignment_distance(own, as_numbers(seen(change(target, frames)))))
            half = len(frames) // 2
            first, second = (as_numbers(seen(written(target, f))) for f in (frames[:half], frames[half:]))
            other_moment.append(alignment_distance(first, second))
    for i, own in enumerate(all_seen):
        other_person += [alignment_distance(own, all_seen[k]) for k in range(i)]
    for what, found in copies.items():
        print(
            f"    {what:22} {spread(found)}   misses {share(found, both, above=True)} with sound, "
            f"{share(found, alone, above=True)} alone"
        )
    for what, found in (("another moment", other_moment), ("another person", other_person)):
        print(
            f"    {what:22} {spread(found)}, least {min(found):.3f}   false alarms by the picture: "
            f"{share(found, both, above=False)} at {both}, {share(found, alone, above=False)} at {alone}",
            flush=True,
        )


def clips_with_faces(media: Path) -> list[Path]:
    return sorted(p for name in ("faces", "grid_av") for p in (media / name).iterdir())


def decided(media: Path) -> None:
    """Clips of one person's picture, each with another of an actor's recordings, and copies of them."""
    draw = np.random.default_rng(1)
    prints: list[tuple[str, Fingerprints]] = []
    copies = 0
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "copy.mp4"
        for number, path in enumerate(sorted((media / "grid_av").iterdir())):
            frames = pictures_of(path)
            own, again = seen(path), seen(written(target, frames[5:], size=0.5))
            actor = media / "ravdess_audio16k" / f"Actor_{7 + number % 6:02d}"
            for recording in sorted(actor.iterdir())[::2]:
                samples = sound_of(recording)
                name = f"{path.stem}/{recording.stem}"
                prints.append((name, Fingerprints(picture=own, sound=sound_hashes(Sound(samples)))))
                if draw.random() < 0.3:
                    copies += 1
                    heard = coded(trimmed(samples, draw), "libmp3lame", 32_000, "mp3")
                    print_ = Fingerprints(picture=again, sound=sound_hashes(Sound(heard)))
                    prints.append((f"{name}~copy", print_))
    answers = dict(decide(prints))
    dropped = {name for name, answer in answers.items() if isinstance(answer, Drop)}
    right = sum(f"{name}~copy" in dropped for name, _ in prints)
    wrong = sum(not name.endswith("~copy") for name in dropped)
    print(
        f"\nBoth, actors 7-12 with GRID's pictures: {right} of {copies} copies (half the size, trimmed, MP3) "
        f"dropped; {wrong} of {len(prints) - copies} others dropped wrongly",
        flush=True,
    )


def decide(prints: list[tuple[str, Fingerprints]]) -> Iterator[tuple[str, object]]:
    info = ClipInfo(path="", sha256="", size_bytes=0, container="", duration_s=1.0, video=None, audio=None)
    items = (
        Item(name, {"clean": Clip(media_path=name, info=info, checks=(), fingerprints=found)})
        for name, found in sorted(prints)
    )
    yield from DuplicatesStage().decide(items, Tools(Path()))


def scale(count: int) -> None:
    draw = np.random.default_rng(2)
    studios = draw.integers(0, 2**63, (1000, 6), dtype=np.uint64)
    copies = {}

    def flipped(found: NDArray[np.uint64], ratio: float) -> NDArray[np.uint64]:
        flips = draw.random((len(found), 64)) < ratio
        return found ^ np.packbits(flips, axis=1).view(np.uint64).ravel()

    before_mb = peak_mb()
    prints = Prints()
    start_s = time.perf_counter()
    made: list[tuple[NDArray[np.uint64], NDArray[np.uint64]]] = []
    for n in range(count):
        if made and n % 100 == 0:
            of, (picture, sound) = n - len(made), made[0]
            copies[n] = of
            picture, sound = flipped(picture, 0.05), flipped(sound, 0.05)
            made = []
        else:
            picture = flipped(studios[n % 1000], 0.05)
            sound = draw.integers(0, 2**63, 16, dtype=np.uint64)
            # Silence and hum: the same in many clips.
            sound[:2] = studios[n % 10, 0]
        if len(made) < 50:
            made.append((picture, sound))
        prints.add(
            f"corpus/speaker{n % 1000:04d}/utterance{n:07d}.mp4",
            Fingerprints(picture=as_hex(picture), sound=as_hex(sound)),
            f"file {n}",
        )
    added_s = time.perf_counter() - start_s
    start_s = time.perf_counter()
    pairs = [compare(prints, *pair) for pair in candidates(prints)]
    compared_s = time.perf_counter() - start_s
    print(f"\nScale: {count:,} clips, 16 hashes of sound and 6 of pictures each")
    print(f"    {prints.bytes / count:.0f} bytes a clip kept; made up and added in {added_s:.0f} s")
    print(f"    {len(pairs):,} pairs in {compared_s:.1f} s; peak memory {peak_mb() - before_mb:.0f} MB more")
    near = {
        pair.later for pair in pairs if pair.sound is not None and pair.sound <= LIMITS.max_sound_distance
    }
    print(f"    {len(near & set(copies))} of {len(copies)} copies found, {len(near - set(copies))} others")
    few = min(count, 1000)
    tracks = [prints.sound.of(i) for i in range(few)]
    start_s = time.perf_counter()
    for i in range(0, few, 20):
        for k in range(i):
            alignment_distance(tracks[i], tracks[k])
    done = sum(range(0, few, 20))
    each_s = (time.perf_counter() - start_s) / done * count * (count - 1) / 2
    print(f"    each with each: {each_s / 3600:,.0f} h, {each_s / compared_s:,.0f} times as long")


def as_hex(found: NDArray[np.uint64]) -> tuple[str, ...]:
    return tuple(f"{value:016x}" for value in found.tolist())


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=600_000)
    parser.add_argument("--without", nargs="*", default=[], choices=["sound", "picture", "both", "scale"])
    options = parser.parse_args()
    if "sound" not in options.without:
        sounds(options.media)
    if "picture" not in options.without:
        pictures(options.media)
    if "both" not in options.without:
        decided(options.media)
    if "scale" not in options.without:
        scale(options.clips)


if __name__ == "__main__":
    main()
