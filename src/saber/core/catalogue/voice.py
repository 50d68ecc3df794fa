"""Which quantities are measured of the voice?

Nothing here that is said of emotion depends on the recording's gain; `voice.level` does and says so.
"""

from __future__ import annotations

from typing import Literal

from saber.core.catalogue.spec import CueSpec, Level, Norm
from saber.core.taxonomy import Dimension

__all__ = ["SPECS"]

_CLIPS = (
    "own choice: mean and sd of ten clips of ordinary speech (seven English, three Mandarin, 0.8-27 s) whose "
    "terms are open (LJ Speech, LibriSpeech, Common Voice, AISHELL-1 and others)"
)
_Z_LEVELS = "own choice: one sd from the norm is worth a word, two are marked"
_PITCH = (
    "Autocorrelation of 40 ms frames every 10 ms with path finding (Boersma 1993), 75-600 Hz, second pass "
    "in the speaker's own range (De Looze & Hirst 2008; Hirst 2011)"
)
_BYRNE = "the universal long-term average speech spectrum of Byrne et al. (1994, JASA 96:2108, 12 languages)"


def _z_levels(
    much_less: tuple[str, str], less: tuple[str, str], same: tuple[str, str], more: tuple[str, str],
    much_more: tuple[str, str],
) -> tuple[Level, ...]:  # fmt: skip
    """Five levels at -2, -1, 1 and 2 sd from the norm."""
    return (
        Level("much_less", *much_less, below=-2.0),
        Level("less", *less, at_least=-2.0, below=-1.0),
        Level("typical", *same, at_least=-1.0, below=1.0, notable=False),
        Level("more", *more, at_least=1.0, below=2.0),
        Level("much_more", *much_more, at_least=2.0),
    )


def _summary(
    name: str, unit: str, meaning: str, method: str, *, range: tuple[float, float] | None = None,
    norm: Norm | None = None, levels: tuple[Level, ...] = (), levels_on: Literal["value", "z"] = "z",
    levels_source: str = "", salience: float = 1.0, digits: int = 1,
) -> CueSpec:  # fmt: skip
    return CueSpec(
        name=f"voice.{name}", dimension=Dimension.ACOUSTIC, kind="summary", unit=unit, meaning=meaning,
        method=method, range=range, norm=norm, levels=levels, levels_on=levels_on,
        levels_source=levels_source or (_Z_LEVELS if levels else ""), salience=salience, digits=digits,
    )  # fmt: skip


def _event(
    name: str, unit: str, meaning: str, method: str, level: Level, salience: float, digits: int
) -> CueSpec:
    return CueSpec(
        name=f"voice.{name}", dimension=Dimension.ACOUSTIC, kind="event", unit=unit, meaning=meaning,
        method=method, levels=(level,), levels_source="every event that is found is worth a word",
        salience=salience, digits=digits,
    )  # fmt: skip


def _track(name: str, unit: str, meaning: str, method: str) -> CueSpec:
    return CueSpec(
        name=f"voice.{name}", dimension=Dimension.ACOUSTIC, kind="track", unit=unit, meaning=meaning,
        method=method,
    )  # fmt: skip


_PITCH_SPECS = (
    _summary(
        "pitch_median", "Hz", "Median fundamental frequency of the voiced speech.", _PITCH + "; median.",
        range=(75, 600), digits=0, salience=0.6,
        levels=(Level("stated", "the median pitch is {value} Hz", "音高中位数为{value}赫兹", notable=False),),
        levels_on="value", levels_source="a plain statement, no threshold",
    ),
    _summary(
        "pitch_level", "st", "Median pitch over what is typical of the voice's register.",
        "Semitones over the typical pitch: 120 Hz for men and 210 Hz for women (Traunmueller & Eriksson "
        "1995), mixed by the probability of the register, which comes from the length of the vocal tract "
        "(third and fourth formant against Peterson & Barney 1952) and the pitch floor; who speaks is "
        "not known.",
        norm=Norm(0.0, 3.0, "centre: Traunmueller & Eriksson 1995; sd own choice: 2-2.5 st between "
        "speakers of a group and about as much between utterances"),
        levels=_z_levels(
            ("the voice is pitched very low for its register", "就其音区而言音高很低"),
            ("the voice is pitched rather low for its register", "就其音区而言音高偏低"),
            ("the pitch is usual for the voice's register", "音高在其音区内属正常"),
            ("the voice is pitched rather high for its register", "就其音区而言音高偏高"),
            ("the voice is pitched very high for its register", "就其音区而言音高很高"),
        ),
        salience=3.0,
    ),
    _summary(
        "pitch_range", "st", "How far the pitch moves.", _PITCH + "; 5th to 95th percentile in semitones.",
        range=(0, 36), norm=Norm(8.0, 4.0, _CLIPS), salience=2.4,
        levels=_z_levels(
            ("the voice is a flat monotone", "声音单调平直"),
            ("the pitch moves little", "音高变化较小"),
            ("the pitch moves as much as usual", "音高变化正常"),
            ("the pitch moves widely", "音高起伏较大"),
            ("the pitch moves very widely", "音高起伏很大"),
        ),
    ),
    _summary(
        "pitch_sd", "st", "Standard deviation of the pitch.", _PITCH + "; standard deviation in semitones.",
        range=(0, 18), norm=Norm(2.6, 1.3, _CLIPS), salience=0.8,
    ),
    _summary(
        "pitch_slope", "st/s", "Whether the pitch climbs or sinks over the whole speech.",
        "Least-squares line through the voiced frames in semitones; needs 0.5 s.",
        norm=Norm(-1.4, 3.2, _CLIPS), salience=1.2,
        levels=_z_levels(
            ("the pitch sinks steeply over the speech", "整体音高明显下降"),
            ("the pitch sinks over the speech", "整体音高下降"),
            ("the pitch declines as usual", "整体音高走势正常"),
            ("the pitch climbs over the speech", "整体音高上升"),
            ("the pitch climbs steeply over the speech", "整体音高明显上升"),
        ),
    ),
    _summary(
        "pitch_final_slope", "st/s", "Whether the last syllable rises or falls.",
        "Least-squares line over the last 0.3 s that end in voice; needs 0.15 s of voice in them.",
        salience=1.1, levels_on="value",
        levels_source="own choice: 15 st/s moves the pitch by 4.5 st in 0.3 s, more than the 3 st of 't "
        "Hart (1981)",
        levels=(
            Level("fall", "the pitch falls at the end", "句尾音高下降", below=-15.0),
            Level("level", "the pitch stays level at the end", "句尾音高持平", -15.0, 15.0, notable=False),
            Level("rise", "the pitch rises at the end", "句尾音高上扬", 15.0),
        ),
    ),
    CueSpec(
        name="voice.register", dimension=Dimension.ACOUSTIC, kind="category", unit="",
        meaning="Register of the voice by the length of the vocal tract and the pitch floor.",
        method="Posterior of two groups: formants against Peterson & Barney (1952), pitch floor against "
               "Traunmueller & Eriksson (1995). Confidence is |2p - 1|. It does not say who the speaker is.",
        levels=(
            Level("low", "the voice has a low register", "声音属低音区", notable=False),
            Level("high", "the voice has a high register", "声音属高音区", notable=False),
        ),
        levels_source="the more probable of the two groups", salience=0.5,
    ),
)  # fmt: skip

_LOUDNESS_SPECS = (
    _summary(
        "level", "dB", "Level of the speech in the file, dB re full scale. Depends on the recording's "
        "gain: it says nothing of how loud the person was.", "Mean power of the speech frames.",
        range=(-120, 6), salience=0.1,
    ),
    _summary(
        "level_range", "dB", "Dynamic range of the speech.", "5th to 95th percentile of the speech frames' "
        "level.",
        range=(0, 80), norm=Norm(20.6, 3.2, _CLIPS), salience=1.0,
        levels=_z_levels(
            ("the loudness hardly changes", "音量几乎不变"),
            ("the loudness changes little", "音量变化较小"),
            ("the loudness changes as usual", "音量变化正常"),
            ("the loudness changes a lot", "音量变化较大"),
            ("the loudness changes very much", "音量变化很大"),
        ),
    ),
    _summary(
        "level_sd", "dB", "Variability of loudness.", "Standard deviation of the voiced frames' level.",
        range=(0, 40), norm=Norm(5.1, 1.2, _CLIPS), salience=0.5,
    ),
    _summary(
        "level_slope", "dB/s", "Whether the speech grows louder or softer.",
        "Least-squares line through the voiced frames' level; needs 0.5 s.", norm=Norm(-3.1, 5.5, _CLIPS),
        salience=0.9,
        levels=_z_levels(
            ("the speech fades strongly", "音量明显减弱"),
            ("the speech fades", "音量逐渐减弱"),
            ("the loudness stays even", "音量平稳"),
            ("the speech grows louder", "音量逐渐增强"),
            ("the speech grows much louder", "音量明显增强"),
        ),
    ),
    _summary(
        "attack", "dB/s", "How suddenly syllables set in.",
        "Median steepness of the rise to a syllable nucleus, over its last 20 dB.", range=(0, 4000), digits=0,
        norm=Norm(196.0, 95.0, _CLIPS), salience=0.7,
    ),
    _summary(
        "effort", "sd", "Vocal effort as heard in the balance of the spectrum, whatever the recording's "
        "gain.",
        "Mean of the z-scores of alpha ratio, Hammarberg index (sign turned) and slope 500-1500 Hz: "
        "louder voices have more energy above 1 kHz (Sundberg & Nordenberg 2006; Traunmueller & Eriksson "
        "2000). A microphone or room that colours the sound shifts it.",
        norm=Norm(0.0, 1.0, "by construction a mean of z-scores"), salience=2.6,
        levels=_z_levels(
            ("the voice is very soft and dull", "声音非常轻柔低沉"),
            ("the voice is soft, with little effort", "声音轻柔，发声不用力"),
            ("the vocal effort is usual", "发声力度正常"),
            ("the voice is raised, with a bright, forceful sound", "声音有力而明亮"),
            ("the voice is strained with great effort", "声音非常用力"),
        ),
    ),
)  # fmt: skip

_QUALITY_SPECS = (
    _summary(
        "alpha_ratio", "dB", "Energy at 1-5 kHz over that at 50-1000 Hz.",
        "From the long-term average spectrum of the speech frames less the noise (Sundberg & Nordenberg "
        "2006; same bands as Eyben et al. 2016, GeMAPS, opposite sign).",
        norm=Norm(-10.9, 4.4, f"mean: {_BYRNE}; sd {_CLIPS}"),
    ),
    _summary(
        "hammarberg", "dB", "Strongest peak of 0-2 kHz over the strongest of 2-5 kHz.",
        "Hammarberg et al. (1980), from the long-term average spectrum in 62.5 Hz bands.",
        norm=Norm(21.3, 5.6, f"mean: {_BYRNE} as density per Hz; sd {_CLIPS}"),
    ),
    _summary(
        "slope_low", "dB/kHz", "Slope of the spectrum over 0-500 Hz.", "Regression on the long-term average "
        "spectrum (Eyben et al. 2016).", norm=Norm(45.4, 15.6, _CLIPS),
    ),
    _summary(
        "slope_high", "dB/kHz", "Slope of the spectrum over 500-1500 Hz.", "Regression on the long-term "
        "average spectrum (Eyben et al. 2016).", norm=Norm(-14.7, 7.9, f"mean: {_BYRNE} as density per "
        "Hz; sd {_CLIPS}"),
    ),
    _summary(
        "h1_h2", "dB", "First harmonic over the second: high in breathy, low in pressed voices.",
        "Peaks nearest the pitch and its double, mean of voiced frames; not corrected for formants, so "
        "vowels move it.",
        norm=Norm(1.2, 4.9, _CLIPS),
    ),
    _summary(
        "hnr", "dB", "Harmonics-to-noise ratio.", "10 log10(r / (1 - r)) of the autocorrelation peak "
        "(Boersma 1993), mean of voiced frames. Running speech is far lower than held vowels.",
        range=(-60, 60), norm=Norm(9.4, 3.3, _CLIPS), salience=0.8,
    ),
    _summary(
        "cpp", "dB", "Cepstral peak prominence: how clear the voice's period stands out.",
        "Hillenbrand, Cleveland & Erickson (1994), 40 ms frames, peak near the tracked period, line "
        "through 1-25 ms; mean of voiced frames. Values depend on the frame and do not compare with "
        "other programs'.",
        norm=Norm(19.8, 2.2, _CLIPS), salience=0.8,
    ),
    _summary(
        "jitter", "ratio", "Unevenness of neighbouring periods' length (jitter, local).",
        "Mean absolute difference over the mean period; marks by cross-correlation, interpolated between "
        "samples. Floor at 16 kHz below 0.001. Running speech, so intonation adds to it.",
        range=(0, 1), digits=3, norm=Norm(0.022, 0.008, _CLIPS), salience=0.9,
    ),
    _summary(
        "shimmer", "ratio", "Unevenness of neighbouring periods' strength (shimmer, local).",
        "Mean absolute difference of the periods' peaks over their mean.", range=(0, 2), digits=3,
        norm=Norm(0.141, 0.054, _CLIPS), salience=0.9,
    ),
    _summary(
        "flux", "ratio", "How fast the spectrum changes.", "Mean distance of neighbouring frames' "
        "amplitude spectra, each scaled to unit length.", range=(0, 1.4143), digits=2,
        norm=Norm(0.296, 0.059, _CLIPS), salience=0.3,
    ),
    CueSpec(
        name="voice.quality", dimension=Dimension.ACOUSTIC, kind="category", unit="",
        meaning="Voice quality, where two measurements agree.",
        method="rough: jitter and shimmer both at least 1.5 sd over the norm; breathy: H1-H2 at least 1 "
        "sd over and CPP at least 1 sd under; pressed: H1-H2 at least 1 sd under and effort at least 1 "
        "sd over; else modal. The directions are textbook (Hillenbrand et al. 1994; Klatt & Klatt 1990), "
        "the thresholds own choice; creak is not told apart from rough. Confidence at most 0.5.",
        levels=(
            Level("modal", "the voice quality is clear", "音质清晰", notable=False),
            Level("breathy", "the voice sounds breathy", "声音带气声"),
            Level("rough", "the voice sounds rough", "声音粗糙"),
            Level("pressed", "the voice sounds pressed", "声音紧绷"),
        ),
        levels_source="own choice, see the method", salience=1.8,
    ),
    _summary(
        "tremor_depth", "ratio", "Amplitude of a regular 4-12 Hz wavering of the pitch over the mean "
        "pitch; 0 when none is regular.", "Best sine in unbroken voiced stretches of three cycles and "
        "more, after a cubic trend; counted when it explains half of the rest (band: Brueckl 2012; Maryn "
        "et al. 2019).", range=(0, 1),
        digits=3,
        levels_on="value", levels_source="own choice: 2 % is a third of a semitone each way, clearly heard; "
        "1 % is not",
        levels=(
            Level("steady", "the pitch does not tremble", "音高平稳不颤", below=0.02, notable=False),
            Level("trembling", "the voice trembles", "声音颤抖", at_least=0.02),
        ),
        salience=2.8,
    ),
    _summary("tremor_rate", "Hz", "Rate of that wavering.", "Rate of the best sine, weighted by its depth.",
             range=(4, 12), salience=0.4),
)  # fmt: skip

_TIME_SPECS = (
    _summary(
        "speech_rate", "1/s", "Syllables per second, pauses included.",
        "Syllables of the recognised words where given, else syllable nuclei (de Jong & Wempe 2009) over "
        "0.87 (own choice: 152 nuclei for 175 true syllables in seven clips), over the time from first "
        "to last speech.",
        range=(0, 12), salience=1.0,
    ),
    _summary(
        "articulation_rate", "1/s", "Syllables per second without pauses.",
        "As voice.speech_rate, over the same time less the pauses.", range=(0, 12),
        norm=Norm(4.4, 1.0, "own choice: the lower end of the 4.4-5.9 syllables per second of "
        "Goldman-Eisler (1968), since clips are short and short phrases slower (Jacewicz, Fox & Wei 2010)"),
        levels=_z_levels(
            ("the speech is very slow", "语速很慢"),
            ("the speech is slow", "语速较慢"),
            ("the speech rate is usual", "语速正常"),
            ("the speech is fast", "语速较快"),
            ("the speech is very fast", "语速很快"),
        ),
        salience=2.2,
    ),
    _summary("pause_count", "count", "Number of pauses.", "Silences of at least 0.25 s inside the speech "
             "(Goldman-Eisler 1968).", range=(0, 1e6), digits=0, salience=0.6),
    _summary("pause_mean", "s", "Mean length of the pauses.", "As voice.pause_count.", range=(0, 1e6),
    digits=2,
             salience=0.6),
    _summary(
        "pause_ratio", "ratio", "Share of the speech time that is pause.", "As voice.pause_count.",
        range=(0, 1),
        digits=2, levels_on="value", salience=1.5,
        levels_source="Goldman-Eisler (1968): pauses fill some 40-50 % of spontaneous speech; fluent "
        "reading stays under 25 % (own choice)",
        levels=(
            Level("fluent", "the speech flows without many pauses", "言语流畅，停顿少", below=0.25,
            notable=False),
            Level("some", "pauses interrupt the speech", "言语间有停顿", at_least=0.25, below=0.5),
            Level("halting", "the speech is halting, half of it is silence", "言语断续，停顿占一半",
            at_least=0.5),
        ),
    ),
    _summary("voiced_ratio", "ratio", "Share of the speech frames that are voiced.", _PITCH + ".",
    range=(0, 1),
             digits=2, norm=Norm(0.75, 0.165, _CLIPS), salience=0.3),
)  # fmt: skip

_RECORDING_SPECS = (
    _summary(
        "snr", "dB", "Signal-to-noise ratio of the speech; at most 60.", "Speech power less noise over "
        "the median power of the frames 0.1 s and more away from speech; without such frames the "
        "greater of two lower bounds: over the 5th percentile of all frames, or harmonics to noise.",
        range=(-10, 60), digits=0, levels_on="value", salience=0.6,
        levels_source="own choice: under 10 dB quality measures turn unsure, under 3 dB they are not given",
        levels=(
            Level("noisy", "the voice stands in loud noise", "人声淹没在噪声中", below=10.0),
            Level("fair", "the recording has audible noise", "录音有可闻噪声", at_least=10.0, below=20.0,
            notable=False),
            Level("clean", "the recording is clean", "录音清晰", at_least=20.0, notable=False),
        ),
    ),
    _summary(
        "clipping", "ratio", "Share of samples at the ceiling of the recording.", "Samples within 2 % of "
        "the sound's own greatest magnitude.", range=(0, 1), digits=4, levels_on="value", salience=0.6,
        levels_source="own choice: unclipped speech has about 0.0001",
        levels=(
            Level("clean", "the recording is not clipped", "录音未削波", below=0.002, notable=False),
            Level("clipped", "the recording is clipped", "录音有削波失真", at_least=0.002),
        ),
    ),
)  # fmt: skip

_EVENT_SPECS = (
    _event("pitch_rise", "st", "The pitch rises audibly.", "Smoothed contour turns 4 st or more apart, "
    "steeper than the glissando threshold 0.32 / T^2 ('t Hart, Collier & Cohen 1990). At most the two "
    "largest.",
           Level("rise", "the pitch rises by {value} semitones", "音高上升{value}个半音"), 1.0, 0),
    _event("pitch_fall", "st", "The pitch falls audibly; the value is the size of the fall.", "As "
    "voice.pitch_rise.",
           Level("fall", "the pitch falls by {value} semitones", "音高下降{value}个半音"), 0.9, 0),
    _event("emphasis", "dB", "A syllable stands out, louder and higher than the clip's own usual.",
           "Nucleus 6 dB over the median nucleus and 4 st over the median pitch (own choice). At most the "
           "two largest.",
           Level("emphasis", "a syllable is stressed strongly", "某音节被重读"), 1.3, 0),
    _event("pause", "s", "A pause inside the speech.", "Silence of at least 0.25 s (Goldman-Eisler 1968).",
           Level("pause", "the speaker pauses for {value} s", "说话者停顿{value}秒"), 0.7, 2),
)  # fmt: skip

_TRACK_SPECS = (
    _track("pitch", "Hz", "Pitch over time; nothing where unvoiced.", _PITCH + "."),
    _track("loudness", "dB", "Level over time, dB re full scale; depends on the recording's gain.",
           "Hann-weighted RMS of 40 ms."),
    _track("arousal", "arousal", "Arousal heard in the voice over time, -1..1; nothing between phrases.",
           "The clip's reading moved by pitch and level against the clip's own, smoothed over 0.6 s."),
)  # fmt: skip

SPECS: tuple[CueSpec, ...] = (
    *_PITCH_SPECS, *_LOUDNESS_SPECS, *_QUALITY_SPECS, *_TIME_SPECS, *_RECORDING_SPECS, *_EVENT_SPECS,
    *_TRACK_SPECS,
)  # fmt: skip
