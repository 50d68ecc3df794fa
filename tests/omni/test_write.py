"""Do shared prefills, batches and schemas leave each answer as it would be alone?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from omni.golden_cases import CASES, noise, pictures
from saber.omni import (
    Encoded,
    Encoder,
    Grammars,
    Heard,
    InputSettings,
    Loaded,
    Message,
    Order,
    Seen,
    Words,
    load,
    next_token_logits,
    write,
)

SMALL = InputSettings(min_pixels=3_136, max_pixels=12_544)
NEVER: frozenset[int] = frozenset()
_LOADED: dict[Path, Loaded] = {}


@pytest.fixture
def model(either: Path) -> tuple[Loaded, Encoder]:
    if either not in _LOADED:
        _LOADED[either] = load(either, device="cpu")
    return _LOADED[either], Encoder(either, SMALL)


def prompt(encoder: Encoder, number: int = 0, words: str = "Describe.") -> Encoded:
    case = CASES[number]
    parts: list[Words | Seen | Heard] = [Seen(pictures(case), 1 / case.fps)]
    if case.samples:
        parts.append(Heard(noise(case)))
    return encoder.encode([Message("user", (*parts, Words(words)))])


def test_the_likeliest_words_are_those_of_the_librarys_generate(model: tuple[Loaded, Encoder]) -> None:
    from saber.omni import collate

    loaded, encoder = model
    asked = prompt(encoder)
    batch = collate([asked], encoder.layout, encoder.pad_id)
    batch.pop("position_ids")
    wanted = loaded.thinker.generate(
        **batch, max_new_tokens=12, do_sample=False, eos_token_id=-1, pad_token_id=encoder.pad_id
    )
    [[draft]] = write([Order(asked, max_tokens=12)], loaded, encoder, NEVER)
    assert draft.tokens == wanted[0, len(asked.ids) :].tolist()
    assert not draft.ended


def test_a_batch_answers_as_each_alone(model: tuple[Loaded, Encoder]) -> None:
    loaded, encoder = model
    # Sound of 1 s and more: under that, the sound encoder of Qwen3-Omni itself sees its neighbours.
    asked = [prompt(encoder, 0), prompt(encoder, 1, words="A longer question, please."), prompt(encoder, 4)]
    alone = [write([Order(p, max_tokens=10)], loaded, encoder, NEVER)[0][0].tokens for p in asked]
    together = write([Order(p, max_tokens=10) for p in asked], loaded, encoder, NEVER)
    assert [drafts[0].tokens for drafts in together] == alone
    np.testing.assert_allclose(
        next_token_logits(asked, loaded, encoder).numpy(),
        np.concatenate([next_token_logits([p], loaded, encoder).numpy() for p in asked]),
        atol=1e-4,
    )


def test_each_candidate_is_as_from_a_call_of_its_own(model: tuple[Loaded, Encoder]) -> None:
    """The oracle reads all of the text anew before each token, and draws by the textbook."""
    loaded, encoder = model
    asked, heat, top_p, seed = prompt(encoder), 0.8, 0.9, 7
    order = Order(asked, candidates=3, temperature=heat, top_p=top_p, max_tokens=6, seed=seed)
    [drafts] = write([order], loaded, encoder, NEVER)
    assert len({tuple(draft.tokens) for draft in drafts}) == 3
    for number, draft in enumerate(drafts):
        random = np.random.default_rng([seed, number])
        for place, token in enumerate(draft.tokens):
            before = asked.followed_by(draft.tokens[:place]) if place else asked
            logits = next_token_logits([before], loaded, encoder).numpy()[0, : len(encoder.tokenizer)]
            probs = np.exp((logits - logits.max()) / heat)
            probs /= probs.sum()
            likeliest = np.argsort(-probs, kind="stable")
            kept = likeliest[: int(np.searchsorted(np.cumsum(probs[likeliest]), top_p)) + 1]
            point = random.random() * probs[kept].sum()
            drawn = kept[
                min(int(np.searchsorted(np.cumsum(probs[kept]), point, side="right")), len(kept) - 1)
            ]
            assert token == drawn, (number, place)


def test_the_prompt_is_read_once_for_all_candidates(model: tuple[Loaded, Encoder]) -> None:
    loaded, encoder = model
    read: list[tuple[int, int]] = []
    hook = loaded.thinker.model.language_model.register_forward_pre_hook(
        lambda module, given, named: read.append(tuple(named["inputs_embeds"].shape[:2])), with_kwargs=True
    )
    try:
        write([Order(prompt(encoder), candidates=5, max_tokens=3)], loaded, encoder, NEVER)
    finally:
        hook.remove()
    assert read == [(1, len(prompt(encoder).ids)), (5, 1), (5, 1)]


def test_the_draw_follows_the_models_distribution(model: tuple[Loaded, Encoder]) -> None:
    loaded, encoder = model
    asked = prompt(encoder, words="a")
    [drafts] = write([Order(asked, candidates=1500, temperature=0.3, max_tokens=1)], loaded, encoder, NEVER)
    logits = next_token_logits([asked], loaded, encoder).double().numpy()[0, : len(encoder.tokenizer)]
    probs = np.exp((logits - logits.max()) / 0.3)
    probs /= probs.sum()
    counts = np.bincount([draft.tokens[0] for draft in drafts], minlength=len(probs))
    # Half the summed differences of 1,500 draws from the distribution itself, 1,000 times: never above this.
    drawn = np.random.default_rng(0).multinomial(1500, probs, size=1000) / 1500
    limit = np.abs(drawn - probs).sum(1).max() / 2
    assert np.abs(counts / 1500 - probs).sum() / 2 <= limit


def test_another_seed_writes_something_else_and_the_same_seed_the_same(model: tuple[Loaded, Encoder]) -> None:
    loaded, encoder = model

    def drawn(seed: int | None) -> list[int]:
        order = Order(prompt(encoder), temperature=1.0, max_tokens=8, seed=seed)
        return write([order], loaded, encoder, NEVER)[0][0].tokens

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert drawn(None) != drawn(None)


@pytest.mark.parametrize("taken", ["sound", "pictures"])
def test_what_is_taken_away_changes_the_output(model: tuple[Loaded, Encoder], taken: str) -> None:
    """Same tokens, same length: only the content differs."""
    loaded, encoder = model
    case = CASES[0]
    sight, sound = pictures(case), noise(case)
    dark = [np.zeros_like(frame) for frame in sight] if taken == "pictures" else sight
    mute = np.zeros_like(sound) if taken == "sound" else sound

    def logits(frames: list[Any], samples: np.ndarray[Any, Any]) -> Any:
        parts = (Seen(frames, 0.5), Heard(samples), Words("x"))
        return next_token_logits([encoder.encode([Message("user", parts)])], loaded, encoder)

    with_it, without = logits(sight, sound), logits(dark, mute)
    assert float((with_it - without).abs().max()) > 0.01
    assert float((with_it - logits(sight, sound)).abs().max()) == 0


def test_answers_end_at_the_stop_or_at_the_limit(model: tuple[Loaded, Encoder]) -> None:
    loaded, encoder = model
    asked = prompt(encoder)
    [[whole]] = write([Order(asked, temperature=1.0, max_tokens=8)], loaded, encoder, NEVER)
    stop = whole.tokens[4]
    first = whole.tokens.index(stop)
    [[ended], [cut]] = write(
        [Order(asked, temperature=1.0, max_tokens=8), Order(prompt(encoder, 1), max_tokens=2)],
        loaded,
        encoder,
        frozenset({stop}),
    )
    assert (ended.tokens, ended.ended) == (whole.tokens[:first], True)
    assert (len(cut.tokens), cut.ended) == (2, False)


def test_an_answer_that_nobody_waits_for_is_dropped_and_the_others_go_on(
    model: tuple[Loaded, Encoder],
) -> None:
    loaded, encoder = model
    left = Order(prompt(encoder, 1), max_tokens=50)
    left.on_token = lambda number, token: left.cancelled.set()
    [[kept], [dropped]] = write([Order(prompt(encoder), max_tokens=9), left], loaded, encoder, NEVER)
    assert len(kept.tokens) == 9
    assert len(dropped.tokens) == 1


def test_a_schema_holds_random_weights_to_valid_json(model: tuple[Loaded, Encoder]) -> None:
    pytest.importorskip("llguidance")
    import jsonschema

    loaded, encoder = model
    schema = {
        "type": "object",
        "properties": {
            "said": {"type": "string", "minLength": 3, "maxLength": 12},
            "emotion": {"enum": ["happy", "sad"]},
            "parts": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"],
                      "additionalProperties": False},
        },
        "required": ["said", "emotion", "parts"],
        "additionalProperties": False,
    }  # fmt: skip
    stops = encoder.stop_ids
    grammars = Grammars(encoder.tokenizer, len(encoder.tokenizer), sorted(stops))
    orders = [
        Order(
            prompt(encoder, 0), 3, temperature=1.0, max_tokens=200, seed=s, held=lambda: grammars.hold(schema)
        )
        for s in range(2)
    ]
    free = Order(prompt(encoder, 1), max_tokens=5)
    drafts = write([*orders, free], loaded, encoder, stops)
    said = set()
    for draft in [*drafts[0], *drafts[1]]:
        assert draft.ended
        record = json.loads(encoder.tokenizer.decode(draft.tokens))
        jsonschema.validate(record, schema)
        said.add(record["said"])
    assert len(said) > 1
    assert len(drafts[2][0].tokens) == 5
