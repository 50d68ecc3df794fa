"""How is a server with OpenAI's chat API asked? vLLM, llama.cpp, Ollama, Gemini's endpoint and others."""

from __future__ import annotations

import base64
import ipaddress
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2

from saber.core.errors import CallFailedError, RefusedCallError, UsageError
from saber.models.model import check_takes
from saber.models.request import Kind, Media, Reply, Request, Usage

__all__ = ["OpenAIModel"]

_RETRY_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Too busy or broken for now. 409 and 425: the same request may pass a moment later."""

_NO_WORK_DONE = frozenset({408, 425, 429, 503, 529})
_LONGEST_REPLY_BYTES = 16_000_000


@dataclass(frozen=True)
class _Chunk:
    """What one event of a stream brings."""

    text: str
    finish_reason: str | None
    model: str | None
    usage: Usage | None


class OpenAIModel:
    """One model of one server.

    Args:
        model: the server's name for it.
        base_url: up to and including the version, e.g. `http://127.0.0.1:8000/v1`.
        api_key: sent as a bearer token; never part of a message, a record or a key.
        takes: what the served model can take besides text; the API has no way to ask.
        constrains: the server honours `response_format` with a JSON schema.
        extra: further fields of the request body, as the server documents them.
        transport: a seam for tests.
    """

    def __init__(
        self,
        model: str,
        base_url: str,
        *,
        api_key: str | None = None,
        takes: frozenset[Kind] = frozenset(),
        constrains: bool = True,
        extra: dict[str, Any] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise UsageError(
                f"{base_url!r} is not a server's address.",
                remedy="Give one such as http://127.0.0.1:8000/v1.",
            )
        loopback = _is_loopback(address.hostname)
        if api_key and address.scheme == "http" and not loopback:
            raise UsageError(
                f"Refusing to send a key to {address.hostname} unencrypted.", remedy="Use https."
            )
        self.spec = f"openai:{model}@{address.hostname}:{address.port or ''}"
        self.takes = takes
        self.constrains = constrains
        self.goes_to = None if loopback else address.netloc.rpartition("@")[2]
        self._model = model
        self._extra = extra or {}
        self._secret = api_key or ""
        self._client = httpx2.AsyncClient(
            base_url=base_url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx2.Timeout(None, connect=10.0),  # the caller sets the time of the whole call
            transport=transport,
            trust_env=not loopback,  # a proxy of the environment must not see loopback traffic
        )

    async def ask(self, request: Request) -> Reply:
        start = time.perf_counter()
        try:
            response = await self._client.post("chat/completions", json=self._body(request))
        except httpx2.RequestError as error:
            raise self._lost(error) from error
        self._check(response)
        return self._reply(response, request, time.perf_counter() - start)

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        start = time.perf_counter()
        body = {**self._body(request), "n": 1, "stream": True, "stream_options": {"include_usage": True}}
        written, length, end, named, usage = [], 0, None, self._model, Usage()
        try:
            # Some servers hang up after a stream without saying so; the next call must not meet that line.
            async with self._client.stream(
                "POST", "chat/completions", json=body, headers={"Connection": "close"}
            ) as response:
                if response.status_code != 200:
                    await response.aread()
                self._check(response)
                async for line in response.aiter_lines():
                    if not line.startswith("data:") or (data := line[5:].strip()) == "[DONE]":
                        continue
                    chunk = self._chunk(data)
                    named = chunk.model or named
                    usage = chunk.usage or usage
                    end = chunk.finish_reason or end
                    if chunk.text:
                        written.append(chunk.text)
                        length += len(chunk.text)
                        if length > _LONGEST_REPLY_BYTES:
                            raise self._unusable(f"an answer of more than {_LONGEST_REPLY_BYTES} characters")
                        yield chunk.text
        except httpx2.RequestError as error:
            raise self._lost(error) from error
        if end is None:
            raise self._unusable("a stream that broke off")
        yield Reply(
            texts=("".join(written),),
            model=named,
            usage=usage,
            seconds=time.perf_counter() - start,
            cut_off=end == "length",
        )

    async def close(self) -> None:
        await self._client.aclose()

    # --- the request ---------------------------------------------------------------------------

    def _body(self, request: Request) -> dict[str, Any]:
        check_takes(self, request)
        if self._client.is_closed:
            raise RefusedCallError(f"{self.spec} was closed.", reason="closed")
        messages: list[dict[str, Any]] = []
        if request.system:
            messages.append({"role": "system", "content": request.system})
        parts = [_part(m) for m in request.media]
        content: Any = [*parts, {"type": "text", "text": request.user}] if parts else request.user
        messages.append({"role": "user", "content": content})
        sampling = request.sampling
        body: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "n": sampling.n,
        }
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if request.schema is not None and self.constrains:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": request.schema, "strict": True},
            }
        return body | self._extra

    # --- the reply -----------------------------------------------------------------------------

    def _check(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status == 200:
            return
        words = self._words_of(response)
        if status in _RETRY_STATUS:
            raise CallFailedError(
                f"The server answered {status}{words}.",
                reason="rate_limited" if status == 429 else f"http_{status}",
                retry_after_s=_retry_after_s(response.headers.get("retry-after")),
                may_have_cost=status not in _NO_WORK_DONE,
            )
        remedy = {
            401: "Check the key in the environment.",
            403: "Check the key's rights.",
            404: "Check the model's name and the address; it ends in /v1 for most servers.",
            413: "Send fewer or smaller media.",
        }.get(status, "")
        raise RefusedCallError(
            f"The server refused the request with {status}{words}.", reason=f"http_{status}", remedy=remedy
        )

    def _reply(self, response: httpx2.Response, request: Request, seconds: float) -> Reply:
        body = self._object(response)
        choices = body.get("choices")
        texts: list[str] = []
        cut_off = False
        if isinstance(choices, list):
            for choice in choices:
                content = _written(choice)
                if not isinstance(content, str):
                    raise self._unusable("a choice without text")
                texts.append(content)
                cut_off = cut_off or choice.get("finish_reason") == "length"
        if len(texts) != request.sampling.n:
            raise self._unusable(f"{len(texts)} answers instead of {request.sampling.n}")
        named = body.get("model")
        return Reply(
            texts=tuple(texts),
            model=named if isinstance(named, str) else self._model,
            usage=_usage(body.get("usage")),
            seconds=seconds,
            cut_off=cut_off,
        )

    def _object(self, response: httpx2.Response) -> dict[str, Any]:
        if len(response.content) > _LONGEST_REPLY_BYTES:
            raise self._unusable(f"a reply of {len(response.content)} bytes")
        try:
            body = response.json()
        except (ValueError, RecursionError):  # the latter: brackets in brackets in brackets
            raise self._unusable("a reply that is not JSON") from None
        if not isinstance(body, dict):
            raise self._unusable("JSON that is not an object")
        if body.get("error"):
            raise CallFailedError(
                f"The server answered 200 with an error inside{self._words_of(response)}.",
                reason="error_inside",
                may_have_cost=True,
            )
        return body

    def _chunk(self, data: str) -> _Chunk:
        """One event of the stream; the one with the usage has no choice."""
        try:
            chunk = json.loads(data)
            if chunk.get("error"):
                raise CallFailedError(
                    f"The server broke the stream off{self._words_in(chunk['error'])}.",
                    reason="error_inside",
                    may_have_cost=True,
                )
            choices = chunk["choices"]
            choice = choices[0] if choices else {}
            text = (choice.get("delta") or {}).get("content") or ""
            named, end = chunk.get("model"), choice.get("finish_reason")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self._unusable("a piece of the stream that can't be read") from None
        return _Chunk(
            text=text if isinstance(text, str) else "",
            finish_reason=end if isinstance(end, str) else None,
            model=named if isinstance(named, str) else None,
            usage=_usage(chunk["usage"]) if chunk.get("usage") else None,
        )

    def _unusable(self, what: str) -> CallFailedError:
        return CallFailedError(f"The server sent {what}.", reason="bad_reply", may_have_cost=True)

    def _lost(self, error: httpx2.RequestError) -> CallFailedError:
        sent = not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
        return CallFailedError(
            f"The connection failed: {self._clean(str(error) or type(error).__name__)}.",
            reason="connection",
            may_have_cost=sent,
            remedy="" if sent else "Is the server running at that address?",
        )

    def _words_of(self, response: httpx2.Response) -> str:
        """The server's own explanation, shortened; a server may echo the key, so it is taken out."""
        try:
            return self._words_in(response.json().get("error"))
        except (ValueError, AttributeError, RecursionError):
            return self._words_in(response.text)

    def _words_in(self, error: object) -> str:
        words = error.get("message") if isinstance(error, dict) else error
        words = self._clean(" ".join(str(words or "").split()))[:300].rstrip(".")
        return f": {words}" if words else ""

    def _clean(self, text: str) -> str:
        return text.replace(self._secret, "[key]") if self._secret else text


def _part(media: Media) -> dict[str, Any]:
    """One media part, as a data URL; audio as `input_audio`, which every compatible server knows."""
    encoded = base64.b64encode(media.data).decode()
    if media.kind is Kind.AUDIO:
        return {"type": "input_audio", "input_audio": {"data": encoded, "format": "wav"}}
    name = "image_url" if media.kind is Kind.FRAMES else "video_url"
    return {"type": name, name: {"url": f"data:{media.mime};base64,{encoded}"}}


def _written(choice: object) -> object:
    """A choice's text; a refusal that comes in a field of its own is text too."""
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        return None
    return message.get("content") or message.get("refusal") or message.get("content")


def _usage(raw: object) -> Usage:
    if not isinstance(raw, dict):
        return Usage()

    def count(table: object, key: str) -> int | None:
        value = table.get(key) if isinstance(table, dict) else None
        return value if isinstance(value, int) and value >= 0 else None

    details = raw.get("prompt_tokens_details")
    # vLLM's own field, filled in where the server was started with --enable-prompt-tokens-details.
    kinds = details.get("multimodal_tokens") if isinstance(details, dict) else None
    seen = [n for kind in ("video", "image") if (n := count(kinds, kind)) is not None]
    heard = count(kinds, "audio")
    return Usage(
        prompt_tokens=count(raw, "prompt_tokens"),
        answer_tokens=count(raw, "completion_tokens"),
        video_tokens=sum(seen) if seen else count(details, "video_tokens"),
        audio_tokens=count(details, "audio_tokens") if heard is None else heard,
    )


def _retry_after_s(value: str | None) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
