"""Does what a large model writes arrive as it is written, as text, and with each claim's standing?

No large model runs here: the server's own answers are changed on their way to the page.
"""

from __future__ import annotations

import json
from typing import Any

from web.conftest import Open, Server
from web.test_analyse import result

HOSTILE = "<b>She</b> frowns & </pre><script>window.hacked=1</script>"


def test_contradicted_and_unmeasurable_claims_say_so_in_words(shown: Open, server: Server, job: Any) -> None:
    view = server.ask(f"analyses/{job['id']}/view")
    scene = view["dimensions"][0]
    first, second = scene["claims"][:2]
    first |= {"status": "contradicted", "status_name": view["strings"]["contradicted"]}
    second |= {
        "status": "not_measurable", "status_name": view["strings"]["not_measurable"], "quantity": "",
        "cue": "", "value": "–", "meaning": None, "told": False, "claim": HOSTILE,
    }  # fmt: skip
    scene["pieces"].append({"text": f" {HOSTILE}", "claim": None})

    page = shown("/about")
    page.route("**/view?*", lambda route: route.fulfill(json=view))
    page.goto(f"{server.url}/clip/{job['id']}")
    result(page)
    card = page.locator("#card-scene")
    rows = card.locator(".finding-item")
    assert "contradicted by the measurement" in rows.nth(0).inner_text()
    assert "not measurable" in rows.nth(1).inner_text()
    signs = [
        rows.nth(i).locator(".sign").evaluate("n => getComputedStyle(n, '::before').content") for i in (0, 1)
    ]
    assert signs == ['"✗"', '"?"']
    assert card.locator(".phrase.contradicted").count() == (1 if first["told"] else 0)
    tally = card.locator(".tally").inner_text()
    assert "1 contradicted" in tally
    assert "1 not measurable" in tally
    assert HOSTILE in card.locator(".prose").inner_text()
    assert HOSTILE in rows.nth(1).inner_text()
    assert page.evaluate("window.hacked") is None


def test_the_text_of_a_model_appears_piece_by_piece(shown: Open, server: Server, job: Any) -> None:
    going = job | {
        "state": "running", "stage": "model", "share": 1.0, "ended_at": None, "summary": None,
        "model": "openai:large",
    }  # fmt: skip
    told = [
        ("state", going),
        ("words", {"text": HOSTILE, "language": "en", "words": []}),
        ("text", {"piece": "She sm"}),
        ("text", {"piece": f"iles. {HOSTILE}"}),
        ("perceived", {"sense": "body", "present": False, "absent_reason": "no person is seen", "cues": [],
                       "overall": None}),
    ]  # fmt: skip
    lines = [
        f"id: {i}\nevent: {kind}\ndata: {json.dumps(data)}\n\n" for i, (kind, data) in enumerate(told, 1)
    ]
    asked: list[str | None] = []

    def events(route: Any) -> None:
        asked.append(route.request.headers.get("last-event-id"))
        # The first answer breaks off in the middle of an event; the next goes on where the first was whole.
        parts = ["".join(lines[:3]) + lines[3][:20], "".join(lines[3:])]
        body = parts[len(asked) - 1] if len(asked) <= len(parts) else ""
        route.fulfill(status=200, content_type="text/event-stream", body=body)

    page = shown("/about")
    page.route(f"**/api/analyses/{job['id']}", lambda route: route.fulfill(json=going))
    page.route("**/events", events)
    page.goto(f"{server.url}/clip/{job['id']}")
    page.wait_for_selector("text=no person is seen")
    assert page.inner_text(".written") == f"She smiles. {HOSTILE}"
    assert HOSTILE in page.inner_text(".heard")
    assert page.inner_text(".stages .now") == "ask the model"
    assert asked[:2] == [None, "3"]
    assert page.evaluate("window.hacked") is None


def test_a_full_queue_is_waited_for(shown: Open, server: Server, clip: Any) -> None:
    page = shown("/")
    refusals = [429, 503]

    def full(route: Any) -> None:
        if route.request.method == "POST" and refusals:
            body = {
                "error": {"reason": "full", "message": "The queue is full.", "remedy": "Try again later."}
            }
            route.fulfill(status=refusals.pop(0), json=body, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route("**/api/analyses?*", full)
    page.set_input_files("input[type=file]", clip)
    page.wait_for_selector("text=The queue is full; trying again")
    page.wait_for_url("**/clip/*", timeout=30_000)
    server.ask(f"analyses/{page.url.rsplit('/', 1)[1]}", "DELETE")


def test_a_server_that_does_not_answer_is_named(shown: Open, server: Server) -> None:
    page = shown("/about")
    page.route("**/api/**", lambda route: route.abort())
    page.goto(server.url)
    page.wait_for_selector("text=The server does not answer.")
    page.unroute("**/api/**")
    page.click("[role=alert] button:has-text('Try again') >> nth=0")
    page.wait_for_selector(".drop .note")


def test_the_same_clip_again_in_another_language(shown: Open, server: Server, job: Any) -> None:
    page = result(shown(f"/clip/{job['id']}"))
    page.click("button:has-text('Analyse again')")
    page.select_option(".again select >> nth=0", "zh")
    page.click(".again button[type=submit]")
    page.wait_for_function("id => !location.pathname.endsWith(id)", arg=job["id"])
    result(page)
    other = server.ask(f"analyses/{page.url.rsplit('/', 1)[1]}")
    assert (other["language"], other["sha256"]) == ("zh", job["sha256"])
    assert page.get_attribute("#card-scene .prose", "lang") == "zh-Hans"
    server.ask(f"analyses/{other['id']}", "DELETE")
