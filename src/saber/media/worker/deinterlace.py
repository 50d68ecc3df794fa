"""How are the two half pictures of interlaced video made into one without combing?"""

from __future__ import annotations

from collections.abc import Iterator

import av
import av.filter
from av.video.frame import VideoFrame

__all__ = ["Deinterlacer"]


class Deinterlacer:
    """Passes progressive pictures through untouched; from the first interlaced one on, FFmpeg's yadif
    filter rebuilds those that are flagged so. It answers one picture late, hence `flush`."""

    def __init__(self) -> None:
        self._graph: av.filter.Graph | None = None
        self._kind: tuple[int, int, str] | None = None

    def push(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        kind = (frame.width, frame.height, frame.format.name)
        if self._graph is not None and kind != self._kind:
            yield from self.flush()
        if self._graph is None:
            if not frame.interlaced_frame:
                yield frame
                return
            self._graph = av.filter.Graph()
            self._kind = kind
            source = self._graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
            )
            filtered = self._graph.add("yadif", "deint=interlaced")
            self._graph.link_nodes(source, filtered, self._graph.add("buffersink")).configure()
        self._graph.vpush(frame)
        yield from self._ready()

    def flush(self) -> Iterator[VideoFrame]:
        if self._graph is not None:
            self._graph.vpush(None)
            yield from self._ready()
            self._graph = None

    def _ready(self) -> Iterator[VideoFrame]:
        assert self._graph is not None
        while True:
            try:
                yield self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
