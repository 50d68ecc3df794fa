"""How did the split come out, and what is missing?"""

from __future__ import annotations

from saber.core.records import Record
from saber.split.tables import table

__all__ = ["Summary"]


class Summary(Record):
    """Counts of clips; written beside the ledger as JSON and Markdown."""

    clips: int
    components: int
    targets: dict[str, float]
    """Split -> ratio asked for."""
    by_split: dict[str, int]
    by_corpus: dict[str, dict[str, int]]
    """Corpus -> split -> clips; so `by_language`, `by_emotion` and `by_half`."""
    by_language: dict[str, dict[str, int]]
    by_emotion: dict[str, dict[str, int]]
    by_half: dict[str, dict[str, int]]
    largest: dict[str, tuple[int, str]]
    """Corpus -> clips of its largest component, and the split that it went to."""
    without_speaker: dict[str, int]
    """Corpus -> clips whose speaker is unknown: that splits share no speaker can't be told of them."""
    without_speaker_or_group: dict[str, int]
    """Only their own file keeps these together."""
    linked_near_duplicates: int
    """Clips that are kept beside a near-duplicate."""
    moved: int
    """Components that do not go where their hash alone says, for the shares' sake."""
    saber_test: dict[str, int]
    """Half -> clips chosen."""
    saber_test_wanted: int
    saber_test_available: dict[str, int]
    """Half -> clips of the test split."""
    saber_test_pairs: int
    """Clips of one half that have a partner of the same corpus, language and emotion in the other."""
    saber_test_cells: dict[str, dict[str, int]]
    """`corpus, language, emotion` -> half -> clips chosen."""

    def notes(self) -> list[str]:
        """What a person should know, a sentence each."""
        said = []
        for corpus, counts in self.by_corpus.items():
            total = sum(counts.values())
            size, split = self.largest[corpus]
            if size > max(self.targets[split] * total * 1.5, 1) and size < total:
                said.append(
                    f"{corpus}: {size} of {total} clips hang together by speakers, groups or "
                    f"near-duplicates and can't be divided; they are in {split}."
                )
            elif size == total and total > 1:
                said.append(f"{corpus}: all {total} clips hang together; they are in {split}.")
            if missing := self.without_speaker.get(corpus):
                alone = self.without_speaker_or_group.get(corpus, 0)
                said.append(
                    f"{corpus}: of {missing} clips the speaker is unknown; {missing - alone} are kept "
                    f"together by group, {alone} by their own file alone, so the same person may be in two "
                    "splits."
                )
        for name, target in self.targets.items():
            share = self.by_split[name] / self.clips if self.clips else 0.0
            if abs(share - target) > 0.05:
                said.append(f"{name} holds {share:.1%} of the clips; {target:.1%} was asked for.")
        chosen = sum(self.saber_test.values())
        if chosen < self.saber_test_wanted:
            each = self.saber_test_wanted // 2
            short = [
                f"{max(0, each - have)} {half} clips" for half, have in self.saber_test_available.items()
                if have < each
            ]  # fmt: skip
            said.append(
                f"SABER-Test has {chosen} of {self.saber_test_wanted} clips: the test split lacks "
                f"{' and '.join(short)}. Both halves are kept equal."
            )
        return said

    def markdown(self) -> str:
        names = list(self.targets)
        parts = [
            "# How the dataset was split",
            f"{self.clips} clips in {self.components} components. {self.moved} components are elsewhere than "
            f"their hash alone says, for the shares' sake; {self.linked_near_duplicates} clips are linked to "
            "a near-duplicate.",
            table(
                ("split", "clips", "share", "asked for"),
                (
                    (n, self.by_split[n], _share(self.by_split[n], self.clips), f"{self.targets[n]:.1%}")
                    for n in names
                ),
            ),
        ]
        if notes := self.notes():
            parts += ["## To know", "\n".join(f"- {note}" for note in notes)]
        for title, counts in (
            ("corpus", self.by_corpus),
            ("language", self.by_language),
            ("emotion", self.by_emotion),
            ("half", self.by_half),
        ):
            rows = ((key, *(row.get(n, 0) for n in names)) for key, row in sorted(counts.items()))
            parts += [f"## By {title}", table((title, *names), rows)]
        halves = list(self.saber_test)
        parts += [
            "## SABER-Test",
            f"{sum(self.saber_test.values())} of {self.saber_test_wanted} clips; {self.saber_test_pairs} of "
            "each half have a partner of the same corpus, language and emotion in the other.",
            table(
                ("corpus, language, emotion", *halves),
                ((cell, *(row.get(h, 0) for h in halves)) for cell, row in self.saber_test_cells.items()),
            ),
        ]
        return "\n\n".join(parts) + "\n"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
